"""Schedule and cost performance of each project."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.earned_schedule import with_earned_schedule
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.project_dates import with_forecast_finish, with_months
from tasks.metrics.project_value import FORECASTS
from tasks.metrics.schedule_band import with_band
from tasks.metrics.schedule_task import VALUES, in_unit


def schedule_project(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Where each planned project stands against its plan in force, in work and in time.

    Earned value (PMI; EIA-748): PV, EV, AC and BAC are the sums of the project's tasks; positive variances are ahead
    and under cost; EAC = BAC / CPI, TCPI against BAC. Earned schedule (Lipke): ES is the working day on which PV met
    EV on the exact curve of the plan, not on the PV rounded per task; SPI(t) = ES / AT, and AT stops when the project
    is finished, so that it keeps its verdict: on the day it closed, else on the last finish of its tasks once all are
    done. In months: working days at the pace of the plan's calendar span. The band is the worst of SPI(t), finish slip,
    CPI, TCPI and a spent budget; without a reliable plan or known progress it is unknown. Ratios whose denominator is 0
    are null.
    """
    projects = frames["project_dates"].join(frames["project_value"], on="project_id", how="inner")
    projects = with_months(with_earned_schedule(projects, frames["earned_schedule"]))
    projects = with_band(with_forecast_finish(projects, frames["work_calendar"]), policy.schedule)
    return in_unit(projects, *VALUES, *FORECASTS).select(*COLUMNS)


COLUMNS = {
    "project_id": "the project",
    "account_id": "the customer",
    "is_open": "not finished by the day: neither closed nor all its planned tasks done",
    "plan_number": "the version of the plan in force",
    "plan_origin": "where that plan comes from: vendor, kickoff or first_seen",
    "unit": "cost or hours: what the project is measured in; amounts are null in hours",
    "bac_minor": "budget at completion of the plan in force, at cost",
    "original_bac_minor": "budget at completion of the original plan, at cost",
    "pv_minor": "planned value at cost; denominator of SPI",
    "ev_minor": "earned value at planned cost, numerator of SPI and CPI; null where a task's progress is unknown",
    "ac_minor": "actual cost, denominator of CPI; null where some time has no cost rate",
    "bac_seconds": "budget at completion (projects measured in hours)",
    "original_bac_seconds": "budget at completion of the original plan (projects measured in hours)",
    "pv_seconds": "planned value (projects measured in hours)",
    "ev_seconds": "earned value (projects measured in hours)",
    "ac_seconds": "time worked (projects measured in hours)",
    "uncosted_seconds": "time worked without any cost rate, in a project measured at cost",
    "missing_progress_count": "tasks whose percent complete the source did not give",
    "sv_minor": "schedule variance EV - PV: positive is ahead",
    "cv_minor": "cost variance EV - AC: positive is under cost",
    "sv_pct": "schedule variance over PV",
    "spi_ratio": "EV / PV; ends at 1 however late, so see spi_t_ratio",
    "cpi_ratio": "EV / AC",
    "eac_minor": "estimate at completion BAC / CPI; null before a hundredth of BAC is earned",
    "eac_at_plan_minor": "estimate at completion when the rest costs what was planned: AC + BAC - EV",
    "eac_combined_minor": "estimate at completion AC + (BAC - EV) / (CPI x SPI)",
    "etc_minor": "estimate to complete EAC - AC",
    "vac_minor": "variance at completion BAC - EAC: negative is an overrun",
    "tcpi_ratio": "(BAC - EV) / (BAC - AC): the CPI the rest needs; null when exactly all is spent, negative beyond",
    "is_budget_spent": "AC has reached BAC",
    "es_days": "earned schedule in working days: when PV reached EV",
    "at_days": "actual time in working days, from the plan's first start to the day or the finish",
    "pd_days": "planned duration in working days",
    "es_months": "earned schedule in months at the plan's pace",
    "at_months": "actual time in months at the plan's pace",
    "pd_months": "planned duration in months of 30.4375 days",
    "sv_t_days": "schedule variance in time ES - AT, working days: positive is ahead",
    "spi_t_ratio": "ES / AT",
    "ieac_t_days": "forecast duration in working days PD / SPI(t)",
    "tspi_ratio": "(PD - ES) / (PD - AT): the SPI(t) the rest needs; null when the planned time is over",
    "plan_start_date": "first start in the plan in force",
    "plan_finish_date": "last due date in the plan in force",
    "original_finish_date": "last due date in the original plan",
    "expected_finish_date": "the finish, else the latest finish or forecast of its tasks, today at the earliest",
    "forecast_finish_date": "the finish, else the working day on which IEAC(t) runs out",
    "finish_slip_working_days": "working days from planned to expected finish; null when the plan is not reliable",
    "original_finish_slip_working_days": "the same against the original plan",
    "is_slip_reliable": "false when the plan in force was first seen too late after its start to judge by",
    "band": "green, amber, red or unknown",
    "band_reason": "the first reason for amber or red: spi_t, slip, budget_spent, cpi, tcpi",
}

SCHEDULE_PROJECT = Metric(
    table="schedule_project",
    grain=("project_id",),
    inputs=("work_calendar", "project_dates", "project_value", "earned_schedule"),
    columns=COLUMNS,
    compute=schedule_project,
    contributes_to=("schedule_portfolio",),
    keep="month_ends",
)
