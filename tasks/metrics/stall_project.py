"""S33: blocked and stalled work by project."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric


def stall_project(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Count the tasks under way of each client's open project, and those that are blocked or stalled.

    Blocked: some task is. Stalled: none is blocked, and none has moved for the policy's days. Slow: some, not all, have
    stood still. A project without any task under way has no row.
    """
    tasks = frames["stall_task"].with_columns(
        nw.lit(1).cast(nw.Int64).alias("open_count"),
        as_count(nw.col("is_stalled")).alias("stalled_count"),
        as_count(nw.col("is_blocked")).alias("blocked_count"),
    )
    projects = known_sums(
        tasks, ("project_id", "account_id"), ("open_count", "stalled_count", "blocked_count"), ("moved_date",)
    )
    return projects.with_columns(
        nw.when(nw.col("blocked_count") > 0)
        .then(nw.lit("blocked"))
        .when(nw.col("stalled_count") == nw.col("open_count"))
        .then(nw.lit("stalled"))
        .when(nw.col("stalled_count") > 0)
        .then(nw.lit("slow"))
        .otherwise(nw.lit("moving"))
        .alias("state")
    )


STALL_PROJECT = Metric(
    table="stall_project",
    grain=("project_id",),
    inputs=("stall_task",),
    columns={
        "project_id": "the project",
        "account_id": "the customer",
        "open_count": "tasks under way",
        "stalled_count": "those that have not moved for the policy's days",
        "blocked_count": "those that are blocked",
        "moved_date": "the day any of them last moved",
        "state": "blocked, stalled (no task moves), slow (some do not), or moving",
    },
    compute=stall_project,
    keep="month_ends",
)
