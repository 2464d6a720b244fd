"""The deals that hand a customer over: won, new, and since the handoff's rules apply."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import in_reporting
from tasks.metrics.tier import tier

# What every mart by deal says of it first.
DEAL = {
    "opportunity_id": "the deal",
    "account_id": "the customer",
    "close_date": "the day it was won",
    "month": "first day of that month",
    "tier": "digital, mixed, high_touch or full_team by the deal's amount, else unknown",
}


def handoff_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Give each won deal of the policy's types its month and its tier.

    The deal's amount is taken as its annual value; without an amount or an exchange rate the tier is unknown.
    """
    rules = policy.handoff
    deals = frames["opportunity"].filter(
        nw.col("is_won"),
        nw.col("opportunity_type").is_in(rules.deal_types),
        nw.col("close_date") >= nw.lit(rules.applies_from),
        nw.col("close_date") <= nw.lit(as_of),
    )
    deals = in_reporting(deals, frames["fx_rate"], "acv_minor", "amount_minor", "currency", "close_date")
    return deals.with_columns(
        nw.col("close_date").dt.truncate("1mo").cast(nw.Date).alias("month"), tier(policy, "acv_minor").alias("tier")
    )


HANDOFF_DEAL = Metric(
    table="handoff_deal",
    grain=("opportunity_id",),
    inputs=("opportunity", "fx_rate"),
    columns={**DEAL, "acv_minor": "its amount, at the table of that month"},
    compute=handoff_deal,
    is_step=True,
)
