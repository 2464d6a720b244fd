"""S31: whether the success plan of each won deal was there before the go-live."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.handoff_deal import DEAL
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input


def success_plan_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Compare the day the first success plan of each won deal was created with the day its delivery went live.

    In time: created before the go-live. Late: on that day or after. Missing: live without one. Before the go-live a
    plan is started, or there is none yet. A deal is live from the first go-live of its projects. Nothing is known
    where the source has no success plans at all.
    """
    plans = frames["success_plan"].filter(nw.col("created_date") <= nw.lit(as_of))
    plans = plans.group_by("opportunity_id").agg(nw.col("created_date").min())
    deals = frames["handoff_deal"].join(plans, on="opportunity_id", how="left")
    deals = deals.join(frames["delivery_deal"], on="opportunity_id", how="left")
    deals = with_missing_input(deals, frames["feed"], "success_plan")
    has_plan, is_live = ~nw.col("created_date").is_null(), ~nw.col("go_live_date").is_null()
    deals = deals.with_columns(
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(is_live & has_plan & (nw.col("created_date") < nw.col("go_live_date")))
        .then(nw.lit("in_time"))
        .when(is_live & has_plan)
        .then(nw.lit("late"))
        .when(is_live)
        .then(nw.lit("missing"))
        .when(has_plan)
        .then(nw.lit("started"))
        .otherwise(nw.lit("none"))
        .alias("state")
    )
    flags = {"is_live": is_live, "is_in_time": nw.col("state") == "in_time"}
    return deals.with_columns((nw.col("known_zero") + as_count(flag) == 1).alias(name) for name, flag in flags.items())


SUCCESS_PLAN_DEAL = Metric(
    table="success_plan_deal",
    grain=("opportunity_id",),
    inputs=("handoff_deal", "success_plan", "delivery_deal", "feed"),
    columns={
        **DEAL,
        "created_date": "the day its first success plan was created",
        "go_live_date": "the day the first of its projects went live",
        "is_live": "a project of it is live",
        "is_in_time": "live, and the plan was created before",
        "state": "none, started, in_time, late, missing (live without one), or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=success_plan_deal,
    contributes_to=("closing_monthly",),
    keep="month_ends",
)
