"""How far each milestone has slipped."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.working_days import located, numbered


def milestone_slip(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Days each planned milestone is late (positive) or early (negative), against the original plan and that in force.

    Done: actual - planned. Open and past its planned day, or forecast after it: the later of today and forecast -
    planned. Open otherwise: forecast - planned. An approved change moves the plan in force only. Slips are null against
    a plan that was first seen too late after its start, and for a milestone that was dropped: archived, vanished or no
    longer in the plan in force, and not done.
    """
    rows = _planned(frames).join(_known(frames["task"], as_of), on="task_id", how="left")
    gone = nw.col("is_archived").fill_null(True) | nw.col("current_due_date").is_null()
    is_open = nw.col("actual_date").is_null()
    rows = rows.with_columns(
        nw.when(~is_open)
        .then(nw.lit("done"))
        .when(gone)
        .then(nw.lit("dropped"))
        .when(nw.col("current_due_date") < as_of)
        .then(nw.lit("overdue"))
        .otherwise(nw.lit("open"))
        .alias("state"),
        nw.coalesce("forecast_date", "current_due_date").alias("forecast_date"),
    )
    rows = _finish(_finish(rows, "original", as_of), "current", as_of)
    calendar = frames["work_calendar"]
    days = ("original_due_date", "current_due_date", "_original_finish", "_current_finish")
    rows = located(numbered(rows, calendar, *days), calendar, "current_due_date", "_current_finish")
    rows = rows.with_columns(
        (nw.col("_original_finish_number") - nw.col("original_due_date_number")).alias("slip_original_days"),
        (nw.col("_current_finish_number") - nw.col("current_due_date_number")).alias("slip_current_days"),
        (nw.col("_current_finish_closes") - nw.col("current_due_date_closes")).alias("slip_working_days"),
    )
    return rows.with_columns((nw.col("slip_current_days") > 0).alias("is_late")).select(*COLUMNS)


def _planned(frames: Frames) -> nw.LazyFrame:
    planned = frames["plan_task"].filter(nw.col("is_milestone"))
    planned = planned.select("project_id", "task_id", "plan_number", "due_date")
    planned = planned.join(frames["plan_version"], on=["project_id", "plan_number"], how="inner")
    for version in ("original", "current"):
        is_it = nw.col(f"is_{version}")
        planned = planned.with_columns(
            nw.when(is_it).then(nw.col("due_date")).alias(f"{version}_due_date"),
            nw.when(is_it).then(nw.col("is_reliable").cast(nw.Int64)).alias(f"_{version}_reliable"),
        )
    columns = ("original_due_date", "current_due_date", "_original_reliable", "_current_reliable")
    return planned.group_by("project_id", "task_id").agg(nw.col(name).max() for name in columns)


def _known(task: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    actual = nw.when(nw.col("actual_finish_date") <= as_of).then(nw.col("actual_finish_date"))
    return task.select("task_id", "is_archived", nw.col("due_date").alias("forecast_date"), actual.alias("actual_date"))


def _finish(rows: nw.LazyFrame, version: str, as_of: date) -> nw.LazyFrame:
    planned, forecast = nw.col(f"{version}_due_date"), nw.col("forecast_date")
    is_late = (planned < as_of) | (forecast > planned)
    finish = (
        nw.when(~nw.col("actual_date").is_null())
        .then(nw.col("actual_date"))
        .when(is_late & (forecast < as_of))
        .then(nw.lit(as_of))
        .otherwise(forecast)
    )
    counts = (nw.col(f"_{version}_reliable") == 1) & (nw.col("state") != "dropped")
    return rows.with_columns(nw.when(counts).then(finish).alias(f"_{version}_finish"))


COLUMNS = {
    "task_id": "the milestone",
    "project_id": "its project",
    "original_due_date": "planned day in the original plan",
    "current_due_date": "planned day in the plan in force",
    "forecast_date": "the day the PSA shows now",
    "actual_date": "the day it was done; null while open",
    "slip_original_days": "calendar days late against the original plan, negative when early",
    "slip_current_days": "calendar days late against the plan in force, negative when early",
    "slip_working_days": "working days late against the plan in force, negative when early",
    "state": "done, open, overdue (open after its planned day) or dropped",
    "is_late": "late against the plan in force; null where the slip is",
}

MILESTONE_SLIP = Metric(
    table="milestone_slip",
    grain=("task_id",),
    inputs=("task", "plan_task", "work_calendar", "plan_version"),
    columns=COLUMNS,
    compute=milestone_slip,
    keep="month_ends",
)
