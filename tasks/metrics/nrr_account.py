"""What each account of a year ago is worth now: the rows behind net revenue retention."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import mrr_book
from tasks.metrics.metric import Frames, Metric

WINDOW_MONTHS = 12


def compute(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The retention of each ultimate account with MRR twelve months before the month's end.

    Base and end are the MRR at both ends of the window, month end to month end, each line under the account at the top
    of merges and parents as known now, both valued at the rate table of the window's end: neither a merge nor a
    currency moves it. Retained is the lesser of the two, per account. Without win-backs: nothing when the account's MRR
    touched zero on any day of the window, even if it came back. Customers of less than twelve months are in no row.
    Closed months are not frozen here: the retention is that of the lines as known now.
    """
    days = frames["ultimate_change"]
    ends = mrr_book.balances(days, frames["mrr_rate"], "native_minor", "organic")
    base = nw.col("native_minor").shift(WINDOW_MONTHS).over("account_id", "currency", order_by="month_index")
    ends = ends.with_columns(base.fill_null(0).cast(nw.Int64).alias("_native_base"))
    ends = mrr_book.valued(ends, _base="_native_base", _end="native_minor")
    window = ("month", "month_index", "is_measured", "account_id")
    accounts = mrr_book.summed(ends, window, base_minor="_base", end_minor="_end")
    accounts = _with_last_lapse(accounts, days).filter(nw.col("is_measured") & (nw.col("base_minor") > 0))
    accounts = accounts.join(mrr_book.segments(frames), on="account_id", how="left")
    came_back = nw.col("_last_lapse") > nw.col("month_index") - WINDOW_MONTHS
    return accounts.select(
        "month",
        "account_id",
        nw.col("segment").fill_null("unknown").alias("segment"),
        "base_minor",
        "end_minor",
        nw.min_horizontal("base_minor", "end_minor").alias("retained_minor"),
        nw.when(came_back).then(0).otherwise(nw.col("end_minor")).cast(nw.Int64).alias("end_excl_winback_minor"),
    )


def _with_last_lapse(accounts: nw.LazyFrame, days: nw.LazyFrame) -> nw.LazyFrame:
    """Add `_last_lapse`: the index of the last month in which the account's MRR touched zero; 0 for never."""
    # Currencies are added as they are: only zero is read from the sum.
    whole = mrr_book.summed(days, ("account_id", "month_index", "day"), "organic")
    whole = whole.with_columns(
        nw.col("organic").cum_sum().over("account_id", order_by="day").cast(nw.Int64).alias("_whole")
    )
    lapses = whole.filter(nw.col("_whole") <= 0).group_by("account_id", "month_index").agg(nw.len().alias("_lapses"))
    accounts = accounts.join(lapses, on=["account_id", "month_index"], how="left")
    lapsed = nw.when(nw.col("_lapses").fill_null(0) > 0).then(nw.col("month_index")).otherwise(0).cast(nw.Int64)
    accounts = accounts.with_columns(lapsed.alias("_lapsed"))
    last = nw.col("_lapsed").cum_max().over("account_id", order_by="month_index")
    return accounts.with_columns(last.alias("_last_lapse"))


NRR_ACCOUNT = Metric(
    table="nrr_account",
    grain=("month", "account_id"),
    inputs=("account", "mrr_rate", "ultimate_change"),
    columns={
        "month": "first day of the month whose end closes the window",
        "account_id": "the ultimate account",
        "segment": "its segment now; 'unknown' when it has none",
        "base_minor": "MRR twelve months before, at the rates of the window's end, in the reporting currency",
        "end_minor": "MRR at the window's end",
        "retained_minor": "the lesser of base and end",
        "end_excl_winback_minor": "MRR at the window's end; 0 when it touched zero on any day of the window",
    },
    compute=compute,
    contributes_to=("nrr_monthly",),
    keep="month_ends",
)
