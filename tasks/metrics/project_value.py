"""Planned, earned and actual cost of each project, with its indices and forecasts."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.earned_value import with_forecasts, with_indices
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.schedule_task import VALUES

FORECASTS = ("sv", "cv", "eac", "eac_at_plan", "eac_combined", "etc", "vac")


def project_value(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Sum the tasks of each project in its unit; see `with_indices` and `with_forecasts`."""
    tasks = frames["schedule_task"].with_columns(
        *(nw.coalesce(f"{name}_minor", f"{name}_seconds").alias(name) for name in VALUES),
        nw.col("is_progress_missing").cast(nw.Int64).alias("missing_progress_count"),
    )
    names = (*VALUES, "uncosted_seconds", "missing_progress_count")
    return with_forecasts(with_indices(known_sums(tasks, ["project_id", "unit"], names)))


PROJECT_VALUE = Metric(
    table="project_value",
    grain=("project_id",),
    inputs=("schedule_task",),
    columns={
        "project_id": "the project",
        "unit": "cost or hours: what the project is measured in",
        "bac": "budget at completion of the plan in force",
        "original_bac": "budget at completion of the original plan",
        "pv": "planned value",
        "ev": "earned value",
        "ac": "actual cost",
        "uncosted_seconds": "time worked without any cost rate",
        "missing_progress_count": "tasks whose percent complete the source did not give",
        "sv": "EV - PV",
        "cv": "EV - AC",
        "sv_pct": "SV over PV",
        "spi_ratio": "EV / PV",
        "cpi_ratio": "EV / AC",
        "tcpi_ratio": "(BAC - EV) / (BAC - AC)",
        "is_budget_spent": "AC has reached BAC",
        "eac": "estimate at completion BAC / CPI",
        "eac_at_plan": "AC + BAC - EV",
        "eac_combined": "AC + (BAC - EV) / (CPI x SPI)",
        "etc": "EAC - AC",
        "vac": "BAC - EAC",
    },
    compute=project_value,
    is_step=True,
)
