"""The changes of MRR by day, of accounts as they were and of ultimate accounts."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.mrr_book import in_parts, lines, summed
from tasks.metrics.recurring import month_index


def mrr_change(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Sum the changes of MRR per account, currency and day, a merge's hand-overs apart.

    A line that ends on the day of its hand-over was handed over first. `inherited` counts the lines, alive or ended,
    whose history came with a merge that day: they make the winner a customer seen before.
    """
    merge, mrr = nw.col("handover_day"), nw.col("mrr_minor")
    book = lines(frames).with_columns(
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
        frames["mrr_month"],
        ("organic", "transfer", "arrivals", "inherited"),
    )


def ultimate_change(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Sum the changes of MRR per ultimate account, currency and day, each line under its account at the top."""
    starts = nw.col("part") == 1
    return _by_day(
        in_parts(lines(frames), frames, 2).select(
            nw.col("ultimate_id").alias("account_id"),
            "currency",
            nw.when(starts).then(nw.col("start_day")).otherwise(nw.col("counted_until")).alias("day"),
            nw.when(starts).then(nw.col("mrr_minor")).otherwise(-nw.col("mrr_minor")).alias("organic"),
        ),
        frames["mrr_month"],
        ("organic",),
    )


def _by_day(entries: nw.LazyFrame, months: nw.LazyFrame, sums: tuple[str, ...]) -> nw.LazyFrame:
    days = summed(entries, ("account_id", "currency", "day"), *sums)
    # What happened before the calendar begins is the opening of its first month.
    first = months.select(nw.col("month_index").min().alias("_first"))
    days = days.with_columns(month_index(nw.col("day")).alias("_index")).join(first, how="cross")
    return days.with_columns(nw.max_horizontal("_index", "_first").cast(nw.Int64).alias("month_index")).drop(
        "_index", "_first"
    )


MRR_CHANGE = Metric(
    table="mrr_change",
    grain=("account_id", "currency", "day"),
    inputs=("work_calendar", "mrr_line", "mrr_month"),
    columns={
        "account_id": "the account that held the revenue at the time",
        "currency": "currency of the lines",
        "day": "the day as a number: 20261123",
        "month_index": "its month, the first one for all that happened before",
        "organic": "change of MRR by lines that start and end",
        "transfer": "change of MRR by merges",
        "arrivals": "lines that start",
        "inherited": "lines, alive or ended, whose history a merge brought",
    },
    compute=mrr_change,
    is_step=True,
)

ULTIMATE_CHANGE = Metric(
    table="ultimate_change",
    grain=("account_id", "currency", "day"),
    inputs=("work_calendar", "mrr_line", "mrr_month"),
    columns={
        "account_id": "the ultimate account",
        "currency": "currency of the lines",
        "day": "the day as a number: 20261123",
        "month_index": "its month, the first one for all that happened before",
        "organic": "change of MRR",
    },
    compute=ultimate_change,
    is_step=True,
)
