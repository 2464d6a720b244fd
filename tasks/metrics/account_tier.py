"""Each customer's tier by what it pays now."""

from datetime import date, timedelta

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.tier import tier


def account_tier(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Give each account twelve times its MRR at the end of the newest complete month as annual value, and its tier.

    An account without revenue there, such as one that was merged away, has no value and an unknown tier.
    """
    tomorrow = as_of + timedelta(days=1)
    month = (tomorrow.replace(day=1) - timedelta(days=1)).replace(day=1)
    values = frames["mrr_account"].filter(nw.col("month") == nw.lit(month), nw.col("closing_minor") > 0)
    values = values.select("account_id", (nw.col("closing_minor") * 12).cast(nw.Int64).alias("acv_minor"))
    accounts = frames["account"].select("account_id").join(values, on="account_id", how="left")
    return accounts.with_columns(tier(policy, "acv_minor").alias("tier"))


ACCOUNT_TIER = Metric(
    table="account_tier",
    grain=("account_id",),
    inputs=("account", "mrr_account"),
    columns={
        "account_id": "the account",
        "acv_minor": "its annual value, in the reporting currency; null without revenue",
        "tier": "digital, mixed, high_touch or full_team by that value, else unknown",
    },
    compute=account_tier,
    is_step=True,
)
