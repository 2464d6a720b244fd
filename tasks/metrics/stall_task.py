"""S33: open tasks that are blocked or have stood still."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.wording import plain
from tasks.metrics.working_days import numbered


def stall_task(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of each task under way how long it has not moved, and whether it is blocked.

    Under way: a leaf that is neither done nor archived nor a milestone, of a client's open project, and its start,
    planned or actual, has come. It moves when it is due to start, starts, or its percent complete changes.
    Stalled: no move for the policy's days; blocked: its state is one that the policy names, as known now.
    """
    today = nw.lit(as_of)
    projects = frames["project"].filter(nw.col("contract_type") != "internal", ~nw.col("is_archived"))
    projects = projects.filter(nw.col("closed_date").is_null() | (nw.col("closed_date") > today))
    tasks = frames["task"].filter(~nw.col("has_children"), ~nw.col("is_archived"), nw.col("task_type") != "milestone")
    tasks = tasks.filter(nw.col("actual_finish_date").is_null() | (nw.col("actual_finish_date") > today))
    tasks = tasks.join(projects.select("project_id", "account_id"), on="project_id", how="inner")
    moves = nw.concat(
        [
            tasks.select("task_id", nw.col("start_date").alias("day")),
            tasks.select("task_id", nw.col("actual_start_date").alias("day")),
            _changes(frames["task_progress"]),
        ]
    )
    moves = moves.filter(nw.col("day") <= today).group_by("task_id").agg(nw.col("day").max().alias("moved_date"))
    tasks = tasks.join(moves, on="task_id", how="inner").with_columns(
        today.alias("_today"), plain("state").alias("_state")
    )
    tasks = numbered(tasks, frames["work_calendar"], "moved_date", "_today")
    tasks = tasks.with_columns((nw.col("_today_number") - nw.col("moved_date_number")).alias("idle_days"))
    return tasks.with_columns(
        (nw.col("idle_days") >= policy.schedule.stalled_days).alias("is_stalled"),
        (as_count(nw.col("_state").is_in(policy.schedule.blocked_states)) == 1).alias("is_blocked"),
    )


def _changes(progress: nw.LazyFrame) -> nw.LazyFrame:
    """The days on which a task's percent complete became another; at first it is nothing."""
    before = nw.col("progress_bp").shift(1).over("task_id", order_by=("recorded_date", "progress_id"))
    progress = progress.with_columns(before.fill_null(0).alias("_before"))
    progress = progress.filter(nw.col("progress_bp") != nw.col("_before"))
    return progress.select("task_id", nw.col("recorded_date").alias("day"))


STALL_TASK = Metric(
    table="stall_task",
    grain=("task_id",),
    inputs=("project", "task", "task_progress", "work_calendar"),
    columns={
        "task_id": "the task",
        "project_id": "its project",
        "account_id": "the customer",
        "task_type": "task, deliverable or issue",
        "state": "its state in the PSA, as known now",
        "start_date": "its planned start",
        "moved_date": "the day it last moved, or was due to start",
        "idle_days": "calendar days since",
        "is_stalled": "it has not moved for the policy's days",
        "is_blocked": "its state says that it is blocked",
    },
    compute=stall_task,
    contributes_to=("stall_project",),
    keep="latest",
)
