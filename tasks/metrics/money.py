"""Integer money over lazy frames: the only place that rounds.

Engines disagree on `round()` and on float-to-integer casts, so nothing else may use them (a test forbids it).
DuckDB binds a whole query again at each operation on a frame: `rounded` takes several columns at once.
"""

import narwhals as nw

SECONDS_AN_HOUR = 3600

Quotient = tuple[nw.Expr, nw.Expr | int]


def rounded(frame: nw.LazyFrame, **quotients: Quotient) -> nw.LazyFrame:
    """Add a column for each quotient: numerator / denominator in whole units, ties to even; null where either is null.

    Both are int64, the denominator positive; the quotient of negative numerators rounds symmetrically. Their text is
    repeated in the query: give columns, or short expressions.
    """
    columns = [name for name in frame.collect_schema().names() if name not in quotients]
    pairs = ((numerator // _twice(denominator)).cast(nw.Int64) for numerator, denominator in quotients.values())
    frame = frame.with_columns(pair.alias(f"_{into}_pairs") for into, pair in zip(quotients, pairs, strict=True))
    return frame.select(*columns, *(_nearest(into, *quotient).alias(into) for into, quotient in quotients.items()))


def worth(seconds: str, rate: str) -> Quotient:
    """The column `seconds` at the column `rate` an hour, in the rate's minor units."""
    return nw.col(seconds) * nw.col(rate), SECONDS_AN_HOUR


def divide_half_even(frame: nw.LazyFrame, into: str, numerator: str, denominator: str | int) -> nw.LazyFrame:
    """Add the column `into`, the columns' `numerator / denominator`, as `rounded`."""
    return rounded(
        frame, **{into: (nw.col(numerator), denominator if isinstance(denominator, int) else nw.col(denominator))}
    )


def in_reporting(
    frame: nw.LazyFrame, fx_rate: nw.LazyFrame, into: str, amount: str, currency: str, day: str
) -> nw.LazyFrame:
    """Add the column `into`: `amount` in reporting minor units, at the table of `day`'s month.

    Null where the amount is null or the table has no rate. `fx_rate` holds the reporting currency too (10^8).
    """
    rates = fx_rate.select(
        nw.col("month").alias("_fx_month"),
        nw.col("currency").alias("_fx_currency"),
        nw.col("minor_rate_e8").alias("_fx_rate"),
    )
    columns = [name for name in frame.collect_schema().names() if name != into]
    frame = frame.with_columns(nw.col(day).dt.truncate("1mo").cast(nw.Date).alias("_fx_month_of"))
    frame = frame.join(rates, how="left", left_on=["_fx_month_of", currency], right_on=["_fx_month", "_fx_currency"])
    return rounded(frame, **{into: (nw.col(amount) * nw.col("_fx_rate"), 10**8)}).select(*columns, into)


def _twice(denominator: nw.Expr | int) -> nw.Expr:
    return nw.lit(2 * denominator) if isinstance(denominator, int) else 2 * denominator


def _nearest(into: str, numerator: nw.Expr, denominator: nw.Expr | int) -> nw.Expr:
    """The even number below, in `_{into}_pairs`, and 0, 1 or 2: with it the ties at 1/2 and 3/2 go to even."""
    pairs = nw.col(f"_{into}_pairs")
    twice_rest = 2 * (numerator - _twice(denominator) * pairs)
    more = nw.when(twice_rest >= 3 * denominator).then(2).when(twice_rest > denominator).then(1).otherwise(0)
    return (2 * pairs + more).cast(nw.Int64)
