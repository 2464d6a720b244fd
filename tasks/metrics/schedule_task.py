"""Planned, earned and actual cost of each task."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import divide_half_even
from tasks.metrics.progress import with_progress
from tasks.metrics.working_days import located

OFF_PLAN = -1
VALUES = ("bac", "original_bac", "pv", "ev", "ac")


def schedule_task(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Planned value (PV), earned value (EV) and actual cost (AC) of each task of a planned project, up to the day.

    One unit on all sides (PMI; EIA-748): cost in the reporting currency at the fx table of the original plan's month,
    or seconds where a counted task has no cost rate. The budget at completion (BAC) is the plan's time at its cost.
    PV is the share of the budget whose planned working days are over; EV is the budget times percent complete, never
    above it; AC is the cost of all time that is not rejected. Time outside the plan has its own rows (BAC, PV and EV
    0), time without a task the row ''. Projects whose plan in force counts no work are left out.
    """
    work = frames["planned_work"]
    rows = nw.concat(
        [
            _current(frames, policy, work.filter(nw.col("is_current")), as_of),
            _row(work.filter(nw.col("is_original")), original_bac="bac"),
            _row(frames["actual_cost"], ac="ac", uncosted_seconds="uncosted_seconds"),
        ]
    )
    flags = ("progress_bp", "_missing")
    sums = known_sums(rows, ["project_id", "task_id", "unit"], [*VALUES, "uncosted_seconds"], flags)
    sums = sums.with_columns(
        (nw.col("_missing") == 1).alias("is_progress_missing"),
        nw.when(nw.col("progress_bp") > OFF_PLAN).then(nw.col("progress_bp")).alias("progress_bp"),
    )
    return in_unit(sums, *VALUES).select(*COLUMNS)


def in_unit(frame: nw.LazyFrame, *names: str) -> nw.LazyFrame:
    """Add `{name}_minor` and `{name}_seconds`, the one of the row's `unit` filled, the other null."""
    at_cost = nw.col("unit") == "cost"
    return frame.with_columns(
        *(nw.when(at_cost).then(nw.col(name)).alias(f"{name}_minor") for name in names),
        *(nw.when(~at_cost).then(nw.col(name)).alias(f"{name}_seconds") for name in names),
    )


def _current(frames: Frames, policy: Policy, work: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    work = work.with_columns(nw.lit(as_of).alias("_as_of"))
    work = located(work, frames["work_calendar"], "start_date", "due_date", "_as_of")
    work = work.with_columns((nw.col("due_date_closes") - nw.col("start_date_opens")).alias("workdays"))
    work = with_progress(work, frames, as_of, policy.schedule.short_task_working_days)
    work = work.with_columns((nw.col("bac") * nw.col("progress_bp")).alias("_earned"))
    work = divide_half_even(_planned_value(work, as_of), "ev", "_earned", 10_000)
    work = work.with_columns(nw.col("is_progress_missing").cast(nw.Int64).alias("_missing"))
    return _row(work, bac="bac", pv="pv", ev="ev", progress_bp="progress_bp", _missing="_missing")


def _planned_value(work: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    # A task without a working day (a weekend's work) is planned whole at its due date.
    has_days = nw.col("workdays") > 0
    worked = nw.col("_as_of_closes") - nw.col("start_date_opens")
    within = nw.when(has_days).then(worked).otherwise(0)
    work = work.with_columns(
        nw.when(nw.col("workdays") <= 0).then(1).otherwise(nw.col("workdays")).alias("_whole"),
        nw.when(nw.col("start_date") > as_of).then(0).otherwise(within).alias("_part"),
    )
    work = work.with_columns(
        nw.when(nw.col("due_date") <= as_of).then(nw.col("_whole")).otherwise(nw.col("_part")).alias("_part")
    )
    work = work.with_columns((nw.col("bac") * nw.col("_part")).alias("_due"))
    return divide_half_even(work, "pv", "_due", "_whole")


def _row(frame: nw.LazyFrame, **filled: str) -> nw.LazyFrame:
    # The rows of plan, original plan and time have one shape, so that they add up.
    values = {name: nw.lit(0) for name in (*VALUES, "uncosted_seconds", "_missing")} | {"progress_bp": nw.lit(OFF_PLAN)}
    values |= {name: nw.col(column) for name, column in filled.items()}
    numbers = (values[name].cast(nw.Int64).alias(name) for name in sorted(values))
    return frame.select("project_id", "task_id", "unit", *numbers)


COLUMNS = {
    "project_id": "the project",
    "task_id": "the task; '' for time without a task",
    "unit": "cost or hours: what the project is measured in",
    "progress_bp": "percent complete that was earned, in basis points; null outside the plan and where it is unknown",
    "is_progress_missing": "the source gave no percent complete: earned 0/100 or 50/50, or unknown",
    "bac_minor": "budget at completion of the plan in force, at cost",
    "original_bac_minor": "budget at completion of the original plan, at cost",
    "pv_minor": "planned value: what should be done by the day, at cost",
    "ev_minor": "earned value: what is done by the day, at planned cost; null where progress is unknown",
    "ac_minor": "actual cost of the time worked; null where some of it has no cost rate",
    "bac_seconds": "budget at completion of the plan in force (projects measured in hours)",
    "original_bac_seconds": "budget at completion of the original plan (projects measured in hours)",
    "pv_seconds": "planned value (projects measured in hours)",
    "ev_seconds": "earned value (projects measured in hours)",
    "ac_seconds": "time worked (projects measured in hours)",
    "uncosted_seconds": "time worked without any cost rate, in a project measured at cost",
}

SCHEDULE_TASK = Metric(
    table="schedule_task",
    grain=("project_id", "task_id"),
    inputs=("task", "task_progress", "work_calendar", "planned_work", "actual_cost"),
    columns=COLUMNS,
    compute=schedule_task,
    contributes_to=("schedule_project",),
    keep="month_ends",
)
