"""The work that carries a project's budget, each task weighed in the project's unit."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import divide_half_even, in_reporting


def planned_work(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Weigh the counted tasks of the plan in force and of the original one, a row each.

    Counted are leaves with a time budget; roll-ups and milestones carry none, and projects whose plan in force counts
    nothing are left out. `bac` is the budget at cost in reporting minor units, at the fx table of the original plan's
    month (unit 'cost'), or in seconds where any counted task of the project has no cost (unit 'hours').
    """
    parents = frames["task"].select("task_id", "has_children")
    work = frames["plan_task"].select(
        "project_id",
        "task_id",
        "plan_number",
        "start_date",
        "due_date",
        "budget_seconds",
        "cost_rate_minor",
        "currency",
        "is_milestone",
    )
    work = work.filter(~nw.col("is_milestone") & (nw.col("budget_seconds") > 0))
    work = work.join(parents, on="task_id", how="left").filter(~nw.col("has_children").fill_null(False))
    work = work.join(frames["plan_version"], on=["project_id", "plan_number"], how="inner")
    return _weighed(work, frames["fx_rate"]).filter(nw.col("_counts") == 1)


def project_units(work: nw.LazyFrame) -> nw.LazyFrame:
    """Give each planned project a row: project_id, unit, original_approved_date."""
    work = work.filter(nw.col("is_current"))
    return work.group_by("project_id").agg(nw.col("unit").max(), nw.col("original_approved_date").max())


def _weighed(work: nw.LazyFrame, fx_rate: nw.LazyFrame) -> nw.LazyFrame:
    work = work.with_columns((nw.col("budget_seconds") * nw.col("cost_rate_minor")).alias("_rated"))
    work = divide_half_even(work, "_cost", "_rated", 3600)
    work = in_reporting(work, fx_rate, "_reporting", "_cost", "currency", "original_approved_date")
    work = work.with_columns(
        nw.col("_reporting").is_null().cast(nw.Int64).alias("_costless"),
        nw.col("is_current").cast(nw.Int64).alias("_counts"),
    )
    work = work.with_columns(
        nw.col("_costless").max().over("project_id").alias("_in_hours"), nw.col("_counts").max().over("project_id")
    )
    return work.with_columns(
        nw.when(nw.col("_in_hours") == 1).then(nw.lit("hours")).otherwise(nw.lit("cost")).alias("unit"),
        nw.when(nw.col("_in_hours") == 1).then(nw.col("budget_seconds")).otherwise(nw.col("_reporting")).alias("bac"),
    )


PLANNED_WORK = Metric(
    table="planned_work",
    grain=("project_id", "task_id", "plan_number"),
    inputs=("task", "plan_task", "fx_rate", "plan_version"),
    columns={
        "project_id": "the project",
        "task_id": "the task",
        "plan_number": "the version of the plan",
        "origin": "where the version comes from: vendor, kickoff or first_seen",
        "is_current": "the version is in force",
        "is_original": "the version is the first",
        "is_reliable": "false when the version was first seen too late to judge by",
        "original_approved_date": "when the original plan was approved: the day of the fx table",
        "start_date": "planned start",
        "due_date": "planned end, itself worked",
        "unit": "cost or hours: what the project is measured in",
        "bac": "the budget, in reporting minor units or in seconds",
    },
    compute=planned_work,
    is_step=True,
)
