"""Subscription lines as a book: a change of MRR per account, currency and day, and its balances at month ends.

Every step is a running sum over changes, so the work grows with lines and account-months only. Amounts stay in the
currency of the line until a month's rate table values them.
"""

from datetime import date, timedelta

import narwhals as nw

from tasks.metrics.metric import Frames
from tasks.metrics.money import divide_half_even
from tasks.metrics.recurring import day_number, month_index


def spine(frames: Frames, as_of: date) -> nw.LazyFrame:
    """The calendar's complete months up to `as_of`, and the one before them, whose closing opens the first.

    Columns: `month` (first day), `month_index`, `last_day` (number), `is_measured` (false for the month before).
    """
    months = frames["work_calendar"].select(nw.col("day").dt.truncate("1mo").cast(nw.Date).alias("month")).unique()
    # Not every engine can add months: the day before the first, and 31 days after it, lie in the neighbouring months.
    before = months.select(_later("month", -1).dt.truncate("1mo").cast(nw.Date).alias("month"))
    months = months.with_columns(nw.lit(1).cast(nw.Int64).alias("_measured"))
    months = nw.concat([months, before.with_columns(nw.lit(0).cast(nw.Int64).alias("_measured"))])
    months = months.group_by("month").agg(nw.col("_measured").max())
    months = months.with_columns(_later("month", 31).dt.truncate("1mo").cast(nw.Date).alias("_next"))
    months = months.with_columns(_later("_next", -1).alias("_last_date"))
    months = months.select(
        "month",
        month_index(day_number("month")).alias("month_index"),
        day_number("_last_date").alias("last_day"),
        (nw.col("_measured") == 1).alias("is_measured"),
    )
    tomorrow = as_of + timedelta(days=1)
    return months.filter(nw.col("month_index") < tomorrow.year * 12 + tomorrow.month - 1)


def _later(column: str, days: int) -> nw.Expr:
    return (nw.col(column) + timedelta(days=days)).cast(nw.Date)


def tables(frames: Frames, months: nw.LazyFrame) -> nw.LazyFrame:
    """The spine's months for each currency in use, with a rate: the month's own, else the nearest earlier, else later.

    Adds `currency`, `minor_rate_e8` (0 where the currency has no rate at all), `is_rate_missing` (not the month's own).
    """
    known = frames["fx_rate"].select("month", "currency", nw.col("minor_rate_e8").alias("_known"))
    grid = months.join(frames["mrr_line"].select("currency").unique(), how="cross")
    grid = grid.join(known, on=["month", "currency"], how="left")
    grid = grid.with_columns(
        nw.col("_known").fill_null(strategy="forward").over("currency", order_by="month_index").alias("_earlier"),
        nw.col("_known").fill_null(strategy="backward").over("currency", order_by="month_index").alias("_later"),
    )
    rate = nw.coalesce("_known", "_earlier", "_later").fill_null(0).cast(nw.Int64)
    grid = grid.with_columns(rate.alias("minor_rate_e8"), nw.col("_known").is_null().alias("is_rate_missing"))
    return grid.drop("_known", "_earlier", "_later")


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
        nw.col("native_mrr").alias("mrr_minor"),
        day_number("start_date").alias("start_day"),
        day_number("end_date").alias("end_day"),
        day_number("counted_until_date").alias("counted_until"),
        day_number("handover_date").fill_null(0).cast(nw.Int64).alias("handover_day"),
    )


def changes(book: nw.LazyFrame, frames: Frames, months: nw.LazyFrame) -> nw.LazyFrame:
    """The change per (account_id, currency, day): `organic`, `transfer` (by a merge), `arrivals`, `inherited` (counts).

    A line that ends on the day of its hand-over was handed over first. `inherited` counts the lines, alive or ended,
    whose history came with a merge that day: they make the winner a customer seen before.
    """
    merge, mrr = nw.col("handover_day"), nw.col("mrr_minor")
    book = book.with_columns(
        (nw.col("start_day") < merge).alias("_is_handed"), (nw.col("counted_until") < merge).alias("_is_over")
    )
    book = in_parts(book, frames, 4)
    book = book.filter((nw.col("part") <= 2) | (nw.col("_is_handed") & ((nw.col("part") == 4) | ~nw.col("_is_over"))))
    starts, ends, leaves, comes = (nw.col("part") == part for part in (1, 2, 3, 4))
    by_first = (starts & nw.col("_is_handed")) | (ends & nw.col("_is_over")) | leaves
    moved = nw.when(comes & ~nw.col("_is_over")).then(mrr).otherwise(0)
    return _by_day(
        book.select(
            nw.when(by_first).then(nw.col("first_account_id")).otherwise(nw.col("account_id")).alias("account_id"),
            "currency",
            nw.when(starts)
            .then(nw.col("start_day"))
            .when(ends)
            .then(nw.col("counted_until"))
            .otherwise(merge)
            .alias("day"),
            nw.when(starts).then(mrr).when(ends).then(-mrr).otherwise(0).alias("organic"),
            nw.when(leaves).then(-mrr).otherwise(moved).alias("transfer"),
            nw.when(starts).then(1).otherwise(0).alias("arrivals"),
            nw.when(comes).then(1).otherwise(0).alias("inherited"),
        ),
        months,
        ("organic", "transfer", "arrivals", "inherited"),
    )


def ultimate_changes(book: nw.LazyFrame, frames: Frames, months: nw.LazyFrame) -> nw.LazyFrame:
    """The change per (account_id, currency, day) with every line under its ultimate account: `organic` only."""
    starts = nw.col("part") == 1
    return _by_day(
        in_parts(book, frames, 2).select(
            nw.col("ultimate_id").alias("account_id"),
            "currency",
            nw.when(starts).then(nw.col("start_day")).otherwise(nw.col("counted_until")).alias("day"),
            nw.when(starts).then(nw.col("mrr_minor")).otherwise(-nw.col("mrr_minor")).alias("organic"),
        ),
        months,
        ("organic",),
    )


def in_parts(book: nw.LazyFrame, frames: Frames, parts: int) -> nw.LazyFrame:
    """Each row once per `part` 1, 2, …: DuckDB plans a frame again wherever it is used, so the book is used once."""
    one = frames["work_calendar"].select(nw.len().alias("_days"))
    numbers = nw.concat([one.select(nw.lit(part).cast(nw.Int64).alias("part")) for part in range(1, parts + 1)])
    return book.join(numbers, how="cross")


def _by_day(entries: nw.LazyFrame, months: nw.LazyFrame, sums: tuple[str, ...]) -> nw.LazyFrame:
    days = summed(entries, ("account_id", "currency", "day"), *sums)
    # What happened before the calendar begins is the opening of its first month.
    first = months.select(nw.col("month_index").min().alias("_first"))
    days = days.with_columns(month_index(nw.col("day")).alias("_index")).join(first, how="cross")
    return days.with_columns(nw.max_horizontal("_index", "_first").cast(nw.Int64).alias("month_index")).drop(
        "_index", "_first"
    )


def balances(
    days: nw.LazyFrame, holders: nw.LazyFrame, table: nw.LazyFrame, sums: tuple[str, ...], names: tuple[str, ...]
) -> nw.LazyFrame:
    """The running sums, called `names`, of the columns `sums` at the end of every month, per (account_id, currency).

    A row for each holder and month from its `begun` on, with the columns of `table` (see `tables`).
    """
    moves = summed(days, ("account_id", "currency", "month_index"), *sums)
    grid = holders.join(table, on="currency").filter(nw.col("month_index") >= nw.col("begun"))
    grid = grid.join(moves, on=["account_id", "currency", "month_index"], how="left")
    grid = grid.with_columns(*(nw.col(name).fill_null(0).alias(name) for name in sums))
    return grid.with_columns(
        *(
            nw.col(one).cum_sum().over("account_id", "currency", order_by="month_index").cast(nw.Int64).alias(name)
            for one, name in zip(sums, names, strict=True)
        )
    )


def holders(frames: Frames, months: nw.LazyFrame, *ids: str) -> nw.LazyFrame:
    """Who may hold MRR, by the columns `ids` of a line: (account_id, currency) and `begun`, the first month's index."""
    book, begun = frames["mrr_line"], month_index(day_number("start_date")).alias("_begun")
    each = nw.concat([book.select(nw.col(name).alias("account_id"), "currency", begun) for name in ids])
    each = each.group_by("account_id", "currency").agg(nw.col("_begun").min())
    first = months.select(nw.col("month_index").min().alias("_first"))
    each = each.join(first, how="cross")
    return each.select("account_id", "currency", nw.max_horizontal("_begun", "_first").cast(nw.Int64).alias("begun"))


def valued(frame: nw.LazyFrame, **amounts: str) -> nw.LazyFrame:
    """Add columns in reporting minor units, `into=amount`, at the row's `minor_rate_e8`."""
    for into, amount in amounts.items():
        frame = frame.with_columns((nw.col(amount) * nw.col("minor_rate_e8")).alias("_product"))
        frame = divide_half_even(frame, into, "_product", 10**8)
    return frame


def segments(frames: Frames) -> nw.LazyFrame:
    """The segment per account_id: that of its ultimate account, 'unknown' when it has none."""
    return frames["account"].select("account_id", nw.col("segment").fill_null("unknown").alias("segment"))
