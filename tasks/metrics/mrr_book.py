"""Subscription lines as a book, and its balances at month ends.

Every step is a running sum over changes, so the work grows with lines and account-months only. Amounts stay in the
currency of the line until a month's rate table values them.
"""

import narwhals as nw

from tasks.metrics.metric import Frames
from tasks.metrics.money import divide_half_even
from tasks.metrics.recurring import day_number


def summed(frame: nw.LazyFrame, by: tuple[str, ...], *names: str, **renamed: str) -> nw.LazyFrame:
    """The sums of integer columns per group, as integers; `new=old` renames one.

    Aggregates plain columns and casts afterwards: pandas refuses a cast inside an aggregate of an empty frame.
    """
    sums = {name: name for name in names} | renamed
    groups = frame.group_by(*by).agg(*(nw.col(old).sum().alias(new) for new, old in sums.items()))
    return groups.with_columns(*(nw.col(new).cast(nw.Int64) for new in sums))


def lines(frames: Frames) -> nw.LazyFrame:
    """The lines of the mart `mrr_line`, their days as numbers: `start_day`, `end_day`, `counted_until`, `handover_day`.

    `handover_day` is 0 for a line that no merge moved.
    """
    return frames["mrr_line"].select(
        "account_id",
        "first_account_id",
        "ultimate_id",
        "currency",
        nw.col("mrr_in_minor_units").alias("mrr_minor"),
        day_number("start_date").alias("start_day"),
        day_number("end_date").alias("end_day"),
        day_number("counted_until_date").alias("counted_until"),
        day_number("handover_date").fill_null(0).cast(nw.Int64).alias("handover_day"),
    )


def in_parts(book: nw.LazyFrame, frames: Frames, parts: int) -> nw.LazyFrame:
    """Each row once per `part` 1, 2, …: DuckDB plans a frame again wherever it is used, so the book is used once."""
    one = frames["work_calendar"].select(nw.len().alias("_days"))
    numbers = nw.concat([one.select(nw.lit(part).cast(nw.Int64).alias("part")) for part in range(1, parts + 1)])
    return book.join(numbers, how="cross")


def balances(days: nw.LazyFrame, table: nw.LazyFrame, into: str, change: str, *monthly: str) -> nw.LazyFrame:
    """Per (account_id, currency) the running sum of the column `change`, called `into`, at the end of every month.

    A row for each month from the first change on, with the columns of `table` (`mrr_rate`); the columns `monthly` are
    the sums of the month alone.
    """
    moves = summed(days, ("account_id", "currency", "month_index"), change, *monthly)
    holders = days.group_by("account_id", "currency").agg(nw.col("month_index").min().alias("_begun"))
    grid = holders.join(table, on="currency").filter(nw.col("month_index") >= nw.col("_begun")).drop("_begun")
    grid = grid.join(moves, on=["account_id", "currency", "month_index"], how="left")
    grid = grid.with_columns(*(nw.col(name).fill_null(0).alias(name) for name in (change, *monthly)))
    running = nw.col(change).cum_sum().over("account_id", "currency", order_by="month_index")
    return grid.with_columns(running.cast(nw.Int64).alias(into))


def valued(frame: nw.LazyFrame, **amounts: str) -> nw.LazyFrame:
    """Add columns in reporting minor units, `into=amount`, at the row's `minor_rate_e8`."""
    for into, amount in amounts.items():
        frame = frame.with_columns((nw.col(amount) * nw.col("minor_rate_e8")).alias("_product"))
        frame = divide_half_even(frame, into, "_product", 10**8)
    return frame


def segments(frames: Frames) -> nw.LazyFrame:
    """The segment per account_id: that of its ultimate account, 'unknown' when it has none."""
    return frames["account"].select("account_id", nw.col("segment").fill_null("unknown").alias("segment"))
