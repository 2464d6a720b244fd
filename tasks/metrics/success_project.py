"""S20: which of the closed projects were a full success."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input


def success_project(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Judge each closed, planned project of a client: on time, on budget, and rated well by the customer.

    On time: live by the last due date of the plan in force, since closing may wait for papers. On budget: actual cost
    (or hours, where it is measured in hours) within the budget of that plan. Rated well: the rating on the newest
    closeout of its deal reaches the policy's. A success is all three; where one is unknown, so is the project: counting
    only its failures would make the rate too low. A plan that was first seen too late says nothing about time.
    """
    closed = frames["go_live"].filter(~nw.col("closed_date").is_null())
    closed = closed.select("project_id", "opportunity_id", "go_live_date", "closed_date")
    projects = frames["schedule_project"].join(closed, on="project_id", how="inner")
    ratings = frames["closeout_held"].select("opportunity_id", "rating")
    projects = projects.join(ratings, on="opportunity_id", how="left")
    projects = with_missing_input(projects, frames["feed"], "closeout")
    spent, budget = (nw.coalesce(nw.col(f"{name}_minor"), nw.col(f"{name}_seconds")) for name in ("ac", "bac"))
    on_time = nw.col("go_live_date") <= nw.col("plan_finish_date")
    projects = projects.with_columns(
        nw.when(nw.col("is_slip_reliable")).then(on_time).alias("is_on_time"),
        (spent <= budget).alias("is_on_budget"),
        (nw.col("rating") >= policy.schedule.success_rating).alias("is_rated_well"),
        nw.col("closed_date").dt.truncate("1mo").cast(nw.Date).alias("month"),
    )
    on_time, on_budget, rated_well = (nw.col(name) for name in ("is_on_time", "is_on_budget", "is_rated_well"))
    return projects.with_columns(
        nw.when(on_time.is_null() | on_budget.is_null() | rated_well.is_null())
        .then(nw.lit("unknown"))
        .when(on_time & on_budget & rated_well)
        .then(nw.lit("success"))
        .otherwise(nw.lit("failed"))
        .alias("state")
    )


SUCCESS_PROJECT = Metric(
    table="success_project",
    grain=("project_id",),
    inputs=("schedule_project", "go_live", "closeout_held", "feed"),
    columns={
        "project_id": "the project",
        "account_id": "the customer",
        "opportunity_id": "the deal it delivers",
        "month": "first day of the month in which it closed",
        "closed_date": "the day it closed",
        "go_live_date": "the day it went live",
        "plan_finish_date": "last due date in the plan in force",
        "is_on_time": "live by that date; null when the plan was first seen too late",
        "is_on_budget": "no more spent than budgeted; null where some time has no cost rate",
        "rating": "the customer's, 1 to 5, on the newest closeout of the deal",
        "is_rated_well": "it reaches the policy's; null without a rating",
        "state": "success (all three), failed, or unknown (one of them is)",
        "missing_input": "the table that was never read, when that is why something is unknown",
    },
    compute=success_project,
    contributes_to=("success_monthly",),
    keep="month_ends",
)
