"""Integer money over lazy frames: the only place that rounds.

Engines disagree on `round()` and on float-to-integer casts, so nothing else may use them (a test forbids it).
A sum of integers is a wider type on DuckDB: `total` casts it back.
"""

import narwhals as nw


def divide_half_even(frame: nw.LazyFrame, into: str, numerator: str, denominator: str | int) -> nw.LazyFrame:
    """Add the column `into`: `numerator / denominator` in whole units, ties to even; null where either is null.

    Both are int64, the denominator positive; the quotient of negative numerators rounds symmetrically.
    """
    divisor = nw.lit(denominator) if isinstance(denominator, int) else nw.col(denominator)
    down, rest = f"_{into}_down", f"_{into}_rest"
    frame = frame.with_columns((nw.col(numerator) // divisor).cast(nw.Int64).alias(down))
    frame = frame.with_columns((2 * (nw.col(numerator) - nw.col(down) * divisor) - divisor).alias(rest))
    rounds_up = (nw.col(rest) > 0) | ((nw.col(rest) == 0) & (nw.col(down) - 2 * (nw.col(down) // 2) == 1))
    frame = frame.with_columns((nw.col(down) + nw.when(rounds_up).then(1).otherwise(0)).cast(nw.Int64).alias(into))
    return frame.drop(down, rest)


def in_reporting(frame: nw.LazyFrame, fx_rate: nw.LazyFrame, into: str, amount: str, currency: str, day: str) -> nw.LazyFrame:
    """Add the column `into`: `amount` in reporting minor units, at the table of `day`'s month.

    Null where the amount is null or the table has no rate. `fx_rate` holds the reporting currency too (10^8).
    """
    rates = fx_rate.select(
        nw.col("month").alias("_fx_month"), nw.col("currency").alias("_fx_currency"), nw.col("minor_rate_e8").alias("_fx_rate")
    )
    frame = frame.with_columns(nw.col(day).dt.truncate("1mo").cast(nw.Date).alias("_fx_month_of"))
    frame = frame.join(rates, how="left", left_on=["_fx_month_of", currency], right_on=["_fx_month", "_fx_currency"])
    frame = frame.with_columns((nw.col(amount) * nw.col("_fx_rate")).alias("_fx_product"))
    return divide_half_even(frame, into, "_fx_product", 10**8).drop("_fx_month_of", "_fx_rate", "_fx_product")


def total(name: str) -> nw.Expr:
    """The sum of an integer column, as an integer."""
    return nw.col(name).sum().cast(nw.Int64)
