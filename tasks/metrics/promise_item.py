"""S09: each promise of a won deal, and what of the delivery it is mapped to."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.wording import plain, says


def promise_item(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Find for each promise, requirement and custom agreement of a won deal the task or the scope that delivers it.

    A target is a task, not archived, of one of the deal's own projects, or a clause of the scope that says something
    (placeholders say nothing); a task that is gone or of another deal is none. Mapped: it has a target since the start
    of the deal's first project or before; mapped_late: since later; unmapped: a project exists and it has none;
    pending: neither. A mapping without a day is late once the project has started.
    """
    deals = frames["handoff_deal"].join(frames["delivery_deal"], on="opportunity_id", how="left")
    deals = deals.select("opportunity_id", "account_id", "close_date", "month", "tier", "project_count", "start_date")
    promises = frames["promise"].join(deals, on="opportunity_id", how="inner")
    tasks = frames["task"].filter(~nw.col("is_archived")).join(frames["go_live"], on="project_id", how="inner")
    tasks = tasks.select("task_id", "opportunity_id", nw.lit(1).cast(nw.Int64).alias("_has_task"))
    promises = promises.join(tasks, on=["task_id", "opportunity_id"], how="left")
    promises = promises.with_columns(plain("scope_clause").alias("_clause"))
    has_task, has_clause = nw.col("_has_task") == 1, says("_clause", policy.handoff.placeholders)
    is_later = (nw.col("mapped_date") > nw.lit(as_of)).fill_null(False)
    promises = promises.with_columns(
        (as_count(has_task) == 1).alias("has_task"),
        (as_count(has_clause) == 1).alias("has_scope"),
        (as_count((has_task | has_clause) & ~is_later) == 1).alias("_has_target"),
    )
    is_late = nw.col("mapped_date").is_null() | (nw.col("mapped_date") > nw.col("start_date"))
    return promises.with_columns(
        nw.when(nw.col("_has_target") & ~nw.col("start_date").is_null() & is_late)
        .then(nw.lit("mapped_late"))
        .when(nw.col("_has_target"))
        .then(nw.lit("mapped"))
        .when(~nw.col("project_count").is_null())
        .then(nw.lit("unmapped"))
        .otherwise(nw.lit("pending"))
        .alias("state")
    )


PROMISE_ITEM = Metric(
    table="promise_item",
    grain=("promise_id",),
    inputs=("handoff_deal", "delivery_deal", "promise", "task", "go_live"),
    columns={
        "promise_id": "the promise",
        "opportunity_id": "the deal it was made in",
        "account_id": "the customer",
        "close_date": "the day the deal was won",
        "month": "first day of that month",
        "tier": "digital, mixed, high_touch or full_team by the deal's amount, else unknown",
        "kind": "promise, requirement or custom_agreement",
        "task_id": "the task it is mapped to, whether there is one or not",
        "has_task": "that task is one of the deal's projects",
        "has_scope": "a clause of the scope delivers it",
        "mapped_date": "the day it was mapped",
        "start_date": "the planned start of the deal's first project, once it has come",
        "state": "mapped (by that start), mapped_late, unmapped (a project exists), or pending (none yet)",
    },
    compute=promise_item,
    contributes_to=("promise_deal",),
    keep="month_ends",
)
