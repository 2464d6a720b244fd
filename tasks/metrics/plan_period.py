"""When a task was in the plan in force."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.distinct import distinct
from tasks.metrics.in_force import periods
from tasks.metrics.metric import Frames, Metric


def plan_period(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """For each task of any plan, every day in one of its periods, and the plan then in force where that has the task.

    In force is the greatest number approved by the day, before the first approval the first number.
    """
    plan = frames["plan_task"]
    versions = plan.group_by("project_id", "plan_number").agg(nw.col("approved_date").min().alias("day"))
    versions = versions.with_columns(
        nw.col("plan_number")
        .cum_max()
        .over("project_id", order_by=["day", "plan_number"])
        .cast(nw.Int64)
        .alias("held"),
        nw.col("plan_number").min().over("project_id").alias("first"),
    )
    held = periods(versions, ["project_id"], ["held"], ["day", "plan_number"], before={"held": "first"})
    tasks = distinct(plan, "project_id", "task_id").join(held, on="project_id", how="inner")
    planned = distinct(plan, "project_id", "task_id", "plan_number").rename({"plan_number": "held"})
    planned = planned.with_columns(nw.col("held").alias("planned_number"))
    return tasks.join(planned, how="left", on=["project_id", "task_id", "held"])


PLAN_PERIOD = Metric(
    table="plan_period",
    grain=("project_id", "task_id", "from_day", "until_day"),
    inputs=("plan_task",),
    columns={
        "project_id": "the project",
        "task_id": "the task",
        "from_day": "first day of the period; null from the beginning",
        "until_day": "the day after its last; null while it lasts",
        "planned_number": "the plan in force, where it has the task; else null",
    },
    compute=plan_period,
    is_step=True,
)
