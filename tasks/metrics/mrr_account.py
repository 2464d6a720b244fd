"""Opening and closing MRR per account and month."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import mrr_book
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.mrr_months import account_months


def compute(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The monthly recurring revenue of each account at the start and the end of each complete month.

    MRR is contracted recurring value only: the value of a line's term over its months (by the calendar where the term
    is whole months, else days / 365.25 * 12), in force on day D when start <= D < end, taken on the month's last day.
    A line whose renewal is late or undecided is carried for the grace days and the row is flagged. A line belongs to
    the account that held it at the time: before a merge to the loser, from the merge's day to the winner.
    Each balance is valued once, at the rate table of its month, in the reporting currency. A closed month shows the
    closing as it was closed. Rows: account-months with any MRR, in complete months up to `as_of`.
    """
    accounts = account_months(frames)
    shown = nw.col("has_come")
    for balance in ("opening_minor", "closing_minor", "computed_opening_minor", "computed_closing_minor"):
        shown = shown | (nw.col(balance) != 0)
    accounts = accounts.filter(shown).join(mrr_book.segments(frames), on="account_id", how="left")
    accounts = accounts.join(
        _late(mrr_book.lines(frames), frames["mrr_month"]), on=["account_id", "month_index"], how="left"
    )
    return accounts.with_columns(
        nw.col("segment").fill_null("unknown").alias("segment"),
        (nw.col("_late_lines").fill_null(0) > 0).alias("is_late_renewal"),
    )


def _late(book: nw.LazyFrame, months: nw.LazyFrame) -> nw.LazyFrame:
    """Per (account_id, month_index): the lines carried past their end on the month's last day."""
    carried = book.filter(nw.col("counted_until") > nw.col("end_day"))
    carried = carried.join(months.select("month_index", "last_day"), how="cross")
    carried = carried.filter((nw.col("end_day") <= nw.col("last_day")) & (nw.col("last_day") < nw.col("counted_until")))
    holder = nw.when(nw.col("last_day") < nw.col("handover_day")).then(nw.col("first_account_id"))
    carried = carried.with_columns(holder.otherwise(nw.col("account_id")).alias("_holder"))
    late = carried.group_by("_holder", "month_index").agg(nw.len().alias("_late_lines"))
    return late.select(nw.col("_holder").alias("account_id"), "month_index", "_late_lines")


MRR_ACCOUNT = Metric(
    table="mrr_account",
    grain=("month", "account_id"),
    inputs=("account", "finalised_mrr", "mrr_line", "mrr_month", "mrr_balance"),
    columns={
        "month": "first day of the month",
        "account_id": "the account that held the revenue at the time",
        "segment": "segment of its ultimate account now; 'unknown' when it has none",
        "opening_minor": "MRR at the end of the month before, in the reporting currency",
        "closing_minor": "MRR on the month's last day, in the reporting currency",
        "computed_opening_minor": "the opening as known now, where closed months hold another",
        "computed_closing_minor": "the closing as known now, where closed months hold another",
        "is_late_renewal": "some of the closing is carried: its term is over and its renewal late or undecided",
        "is_closed": "the month is closed: the closing is the frozen one",
        "is_rate_missing": "some of it has no rate in the month's table: valued at the nearest table, at 0 without any",
    },
    compute=compute,
    contributes_to=("mrr_bridge",),
    keep="month_ends",
)
