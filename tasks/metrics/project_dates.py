"""When a project was planned to end, when it will, and where it stands on the working-day axis."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.working_days import located, numbered

# Days of an average month of the Gregorian calendar.
DAYS_A_MONTH = 30.4375


def project_dates(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Give each planned project its planned, original and expected finish, slips, and actual and planned time.

    A project is finished on the day it closed; without one, on the last finish of the counted tasks of the plan in
    force, once all of them are done. PD: working days from the plan's first start to its last due date. AT: from that
    start to the earlier of `as_of` and the finish. Expected finish: the finish; else the latest of each task's finish,
    or forecast when open, never before `as_of` for an open one; archived or vanished tasks do not count. Slip: working
    days from planned to expected finish, null when the plan was first seen too late.
    """
    dates = _planned(_with_finish(frames["planned_work"], frames["task"], as_of))
    dates = dates.join(frames["project"].select("project_id", "account_id", "closed_date"), on="project_id", how="left")
    closed = nw.when(nw.col("closed_date") <= as_of).then(nw.col("closed_date"))
    done = nw.when(nw.col("_is_undone") == 0).then(nw.col("_task_finish"))
    dates = dates.with_columns(nw.coalesce(closed, done).alias("finished_date"))
    dates = dates.with_columns(
        nw.col("finished_date").is_null().alias("is_open"),
        nw.coalesce("finished_date", "_task_finish").alias("expected_finish_date"),
        nw.coalesce(nw.col("finished_date"), nw.lit(as_of)).alias("_status_date"),
    )
    return _measured(dates, frames["work_calendar"])


def with_forecast_finish(projects: nw.LazyFrame, work_calendar: nw.LazyFrame) -> nw.LazyFrame:
    """Add `forecast_finish_date`: the finish, else the day on which IEAC(t) runs out; null beyond the calendar."""
    days = work_calendar.filter(nw.col("is_working")).select(
        nw.col("day").alias("_run_out"), (nw.col("workdays_before") + 1).cast(nw.Float64).alias("_closes")
    )
    # A hair less, so that 10.000000000000002 days are 10.
    ends = (nw.col("plan_start_opens") + nw.col("ieac_t_days") - 1e-9).ceil()
    projects = projects.with_columns(ends.alias("_closes")).join(days, on="_closes", how="left")
    projects = projects.with_columns(nw.coalesce("finished_date", "_run_out").alias("forecast_finish_date"))
    return projects.drop("_closes", "_run_out")


def with_months(projects: nw.LazyFrame) -> nw.LazyFrame:
    """Add `es_months`, `at_months`, `pd_months`: working days at the pace of the plan.

    The plan's months are its calendar span, so that its pace knows its own holidays.
    """
    a_day = nw.when(nw.col("pd_days") > 0).then(nw.col("span_days").cast(nw.Float64) / DAYS_A_MONTH / nw.col("pd_days"))
    projects = projects.with_columns(a_day.alias("_months_a_day"))
    return projects.with_columns(
        (nw.col(f"{name}_days") * nw.col("_months_a_day")).alias(f"{name}_months") for name in ("es", "at", "pd")
    )


def _with_finish(work: nw.LazyFrame, task: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    tasks = task.select("task_id", nw.col("due_date").alias("_forecast"), "actual_finish_date", "is_archived")
    work = work.join(tasks, on="task_id", how="left")
    is_done = (nw.col("actual_finish_date") <= as_of).fill_null(False)
    is_dropped = nw.col("is_archived").fill_null(True)
    work = work.with_columns(nw.coalesce("_forecast", "due_date").alias("_forecast"))
    finish = (
        nw.when(is_done)
        .then(nw.col("actual_finish_date"))
        .when(nw.col("_forecast") < as_of)
        .then(nw.lit(as_of))
        .otherwise(nw.col("_forecast"))
    )
    return work.with_columns(
        nw.when(nw.col("is_current") & (is_done | ~is_dropped)).then(finish).alias("_task_finish"),
        (nw.col("is_current") & ~is_done).cast(nw.Int64).alias("_is_undone"),
    )


def _planned(work: nw.LazyFrame) -> nw.LazyFrame:
    # One pass over both plans: each aggregate sees the rows of its own plan only.
    current, original = nw.col("is_current"), nw.col("is_original")
    work = work.with_columns(
        nw.when(current).then(nw.col("start_date")).alias("plan_start_date"),
        nw.when(current).then(nw.col("due_date")).alias("plan_finish_date"),
        nw.when(current).then(nw.col("plan_number")).alias("plan_number"),
        nw.when(current).then(nw.col("origin")).alias("plan_origin"),
        nw.when(current).then(nw.col("is_reliable").cast(nw.Int64)).alias("_is_reliable"),
        nw.when(original).then(nw.col("due_date")).alias("original_finish_date"),
        nw.when(original).then(nw.col("is_reliable").cast(nw.Int64)).alias("_is_original_reliable"),
    )
    greatest = (
        "plan_finish_date",
        "plan_number",
        "plan_origin",
        "_is_reliable",
        "original_finish_date",
        "_is_original_reliable",
        "_task_finish",
        "_is_undone",
    )
    return work.group_by("project_id").agg(nw.col("plan_start_date").min(), *(nw.col(name).max() for name in greatest))


def _measured(dates: nw.LazyFrame, work_calendar: nw.LazyFrame) -> nw.LazyFrame:
    dates = located(
        dates,
        work_calendar,
        "plan_start_date",
        "plan_finish_date",
        "original_finish_date",
        "expected_finish_date",
        "_status_date",
    )
    dates = numbered(dates, work_calendar, "plan_start_date", "plan_finish_date")
    elapsed = nw.col("_status_date_closes") - nw.col("plan_start_date_opens")
    finish = nw.col("expected_finish_date_closes")
    return dates.with_columns(
        (nw.col("plan_finish_date_number") - nw.col("plan_start_date_number") + 1).alias("span_days"),
        (nw.col("plan_finish_date_closes") - nw.col("plan_start_date_opens")).alias("pd_days"),
        nw.col("plan_start_date_opens").alias("plan_start_opens"),
        nw.when(elapsed < 0).then(0).otherwise(elapsed).alias("at_days"),
        (nw.col("_is_reliable") == 1).alias("is_slip_reliable"),
        nw.when(nw.col("_is_reliable") == 1)
        .then(finish - nw.col("plan_finish_date_closes"))
        .alias("finish_slip_working_days"),
        nw.when(nw.col("_is_original_reliable") == 1)
        .then(finish - nw.col("original_finish_date_closes"))
        .alias("original_finish_slip_working_days"),
    )


PROJECT_DATES = Metric(
    table="project_dates",
    grain=("project_id",),
    inputs=("project", "task", "work_calendar", "planned_work"),
    columns={
        "project_id": "the project",
        "account_id": "the customer",
        "is_open": "not finished by the day",
        "finished_date": "the close, else the last finish of its tasks once all are done; null while open",
        "plan_number": "the version of the plan in force",
        "plan_origin": "where that plan comes from",
        "plan_start_date": "first start in the plan in force",
        "plan_start_opens": "working days of the calendar before it",
        "plan_finish_date": "last due date in the plan in force",
        "original_finish_date": "last due date in the original plan",
        "expected_finish_date": "the finish, else the latest finish or forecast of its tasks",
        "span_days": "calendar days of the plan, both ends included",
        "pd_days": "planned duration in working days",
        "at_days": "actual time in working days",
        "is_slip_reliable": "false when the plan in force was first seen too late",
        "finish_slip_working_days": "working days from planned to expected finish",
        "original_finish_slip_working_days": "the same against the original plan",
    },
    compute=project_dates,
    is_step=True,
)
