"""What each subscription line is worth a month, to whom, and from when to when it counts."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.recurring import with_line_mrr
from tasks.metrics.renewals import with_counted_until


def compute(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The monthly recurring revenue of each line: the evidence under every revenue number.

    MRR is the value of the line's term over its months: whole calendar months where the term has them, else
    days / 365.25 * 12, taken for 3, 6, 9, 12, 24, 36, 48, 60 or 72 months when within a twentieth of a month.
    The line counts from its start until its service ends. Past the end it is carried only while nobody decided: no
    cancel notice, no lost renewal, no early termination. With a renewal that starts within the grace days it is carried
    to that start; without one, for the grace days while `as_of` lies in them; afterwards the churn is dated at the end.
    A line that a merge moved belongs to its first account before the merge's day and to the winner from that day.
    Lines without a day in force, or worth nothing, have no row.
    """
    book = with_line_mrr(with_counted_until(frames["subscription"], policy.revenue.renewal_grace_days, as_of))
    accounts = frames["account"]
    merged = accounts.filter(~nw.col("merged_date").is_null()).select(
        "account_id", nw.col("merged_date").alias("_merged")
    )
    ultimate = accounts.select("account_id", nw.col("ultimate_id").alias("_ultimate"))
    book = book.filter(nw.col("mrr_minor").fill_null(0) != 0)
    book = book.join(merged, how="left", left_on="original_account_id", right_on="account_id")
    book = book.join(ultimate, how="left", on="account_id")
    # A chain of merges hands over once, on the day of the first account's merge.
    moved = nw.col("original_account_id") != nw.col("account_id")
    return book.select(
        "subscription_id",
        "account_id",
        nw.col("original_account_id").alias("first_account_id"),
        nw.when(moved).then(nw.col("_merged")).alias("handover_date"),
        nw.coalesce("_ultimate", "account_id").alias("ultimate_id"),
        "currency",
        nw.col("mrr_minor").alias("mrr_in_minor_units"),
        "start_date",
        "end_date",
        "counted_until_date",
        ((nw.col("counted_until_date") > nw.col("end_date")) & (nw.col("end_date") <= as_of)).alias("is_late_renewal"),
    )


MRR_LINE = Metric(
    table="mrr_line",
    grain=("subscription_id",),
    inputs=("account", "subscription"),
    columns={
        "subscription_id": "the line",
        "account_id": "the account that holds it now",
        "first_account_id": "the account that held it when first pulled",
        "handover_date": "the day a merge moved it from the first account; null without a merge",
        "ultimate_id": "the account at the top of merges and parents",
        "currency": "currency of the line",
        "mrr_in_minor_units": "MRR in minor units of `currency` (not of the reporting currency)",
        "start_date": "first day it counts",
        "end_date": "first day without service",
        "counted_until_date": "first day it does not count: its end, or later when carried",
        "is_late_renewal": "carried past its end: its renewal is late or undecided",
    },
    compute=compute,
    keep="latest",
)
