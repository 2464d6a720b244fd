"""The computed MRR of each account at the end of each month."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import mrr_book
from tasks.metrics.metric import Frames, Metric


def mrr_balance(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Add up the changes of each account to month ends, from its first change on, valued at each month's rate table."""
    days = frames["mrr_change"].with_columns(
        (nw.col("organic") + nw.col("transfer")).alias("_moved"),
        (nw.col("arrivals") + nw.when(nw.col("transfer") > 0).then(1).otherwise(0)).alias("came"),
    )
    closings = mrr_book.balances(days, frames["mrr_rate"], "_native", "_moved", "came")
    closings = mrr_book.valued(closings, closing_minor="_native")
    missing = nw.when(nw.col("is_rate_missing") & (nw.col("_native") != 0)).then(1).otherwise(0)
    closings = closings.with_columns(missing.cast(nw.Int64).alias("missing_rates"))
    return mrr_book.summed(closings, ("account_id", "month_index"), "closing_minor", "came", "missing_rates")


MRR_BALANCE = Metric(
    table="mrr_balance",
    grain=("account_id", "month_index"),
    inputs=("mrr_rate", "mrr_change"),
    columns={
        "account_id": "the account that held the revenue at the time",
        "month_index": "the month",
        "closing_minor": "MRR on its last day, in the reporting currency",
        "came": "lines begun or handed over to the account in the month",
        "missing_rates": "balances without a rate in the month's table",
    },
    compute=mrr_balance,
    is_step=True,
)
