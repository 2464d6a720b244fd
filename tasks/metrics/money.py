"""Integer money over lazy frames: the only place that rounds.

Engines disagree on `round()` and on float-to-integer casts, so nothing else may use them (a test forbids it).
DuckDB binds a whole query again at each operation on a frame: round several columns in one `with_columns`.
"""

import narwhals as nw

SECONDS_AN_HOUR = 3600


def half_even(numerator: nw.Expr, denominator: nw.Expr | int) -> nw.Expr:
    """`numerator / denominator` in whole units, ties to even, as int64; null where either is null.

    Both are int64, the denominator positive; the quotient of negative numerators rounds symmetrically. Their text is
    repeated in the query: give columns, or short expressions.
    """
    divisor = nw.lit(denominator) if isinstance(denominator, int) else denominator
    down = (numerator // divisor).cast(nw.Int64)
    twice_rest = 2 * (numerator - down * divisor)
    odd = down - 2 * (down // 2)
    up = nw.when(twice_rest > divisor).then(1).when(twice_rest == divisor).then(odd).otherwise(0)
    return (down + up).cast(nw.Int64)


def worth(seconds: str, rate: str) -> nw.Expr:
    """The column `seconds` at the column `rate` an hour, half-even, in the rate's minor units."""
    return half_even(nw.col(seconds) * nw.col(rate), SECONDS_AN_HOUR)


def divide_half_even(frame: nw.LazyFrame, into: str, numerator: str, denominator: str | int) -> nw.LazyFrame:
    """Add the column `into`: the columns' `numerator / denominator`, as `half_even`."""
    divisor = denominator if isinstance(denominator, int) else nw.col(denominator)
    return frame.with_columns(half_even(nw.col(numerator), divisor).alias(into))


def in_reporting(frame: nw.LazyFrame, fx_rate: nw.LazyFrame, into: str, amount: str, currency: str, day: str) -> nw.LazyFrame:
    """Add the column `into`: `amount` in reporting minor units, at the table of `day`'s month.

    Null where the amount is null or the table has no rate. `fx_rate` holds the reporting currency too (10^8).
    """
    rates = fx_rate.select(
        nw.col("month").alias("_fx_month"), nw.col("currency").alias("_fx_currency"), nw.col("minor_rate_e8").alias("_fx_rate")
    )
    columns = [name for name in frame.collect_schema().names() if name != into]
    frame = frame.with_columns(nw.col(day).dt.truncate("1mo").cast(nw.Date).alias("_fx_month_of"))
    frame = frame.join(rates, how="left", left_on=["_fx_month_of", currency], right_on=["_fx_month", "_fx_currency"])
    return frame.select(*columns, half_even(nw.col(amount) * nw.col("_fx_rate"), 10**8).alias(into))
