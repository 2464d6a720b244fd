"""The customers after go-live."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.distinct import distinct
from tasks.metrics.metric import Frames, Metric


def live_account(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Give each account with a project that is live its first and its newest go-live, and whether it still pays."""
    live = frames["go_live"].filter(~nw.col("account_id").is_null(), ~nw.col("go_live_date").is_null())
    live = live.with_columns(nw.col("go_live_date").alias("first_go_live_date"))
    live = live.group_by("account_id").agg(nw.col("first_go_live_date").min(), nw.col("go_live_date").max())
    lines = frames["mrr_line"].filter(
        nw.col("start_date") <= nw.lit(as_of), nw.col("counted_until_date") > nw.lit(as_of)
    )
    paying = distinct(lines, "account_id").with_columns(nw.col("account_id").alias("_payer"))
    live = live.join(paying, on="account_id", how="left")
    return live.with_columns((~nw.col("_payer").is_null()).alias("is_customer"))


LIVE_ACCOUNT = Metric(
    table="live_account",
    grain=("account_id",),
    inputs=("go_live", "mrr_line"),
    columns={
        "account_id": "the account",
        "first_go_live_date": "the day its first project went live",
        "go_live_date": "the day its newest project went live",
        "is_customer": "it has recurring revenue on the day",
    },
    compute=live_account,
    is_step=True,
)
