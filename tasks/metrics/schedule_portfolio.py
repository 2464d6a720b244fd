"""Schedule and cost performance of all projects together."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.earned_value import with_indices
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.schedule_task import VALUES, in_unit

BANDS = ("green", "amber", "red", "unknown")


def schedule_portfolio(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Sum all planned projects, the open and the finished apart, and those measured in hours apart from those at cost.

    SPI = EV / PV and CPI = EV / AC of the sums (PMI; EIA-748). A sum is null where one of its projects has no value, so
    that a part never passes for the whole; the counts say how many.
    """
    projects = frames["schedule_project"].with_columns(
        *(nw.coalesce(f"{name}_minor", f"{name}_seconds").alias(name) for name in VALUES),
        nw.lit(1).alias("project_count"),
    )
    projects = projects.with_columns(
        *((nw.col("band") == band).cast(nw.Int64).alias(f"{band}_count") for band in BANDS),
        nw.col("ev").is_null().cast(nw.Int64).alias("unknown_progress_count"),
        nw.col("ac").is_null().cast(nw.Int64).alias("unknown_cost_count"),
    )
    counts = ("project_count", *(f"{band}_count" for band in BANDS), "unknown_progress_count", "unknown_cost_count")
    sums = known_sums(projects, ["unit", "is_open"], [*VALUES, *counts])
    return in_unit(with_indices(sums), *VALUES, "sv", "cv").select(*COLUMNS)


COLUMNS = {
    "unit": "cost or hours: what these projects are measured in; amounts are null in hours",
    "is_open": "projects not finished by the day, or finished ones",
    "project_count": "projects",
    "green_count": "projects in the green band",
    "amber_count": "projects in the amber band",
    "red_count": "projects in the red band",
    "unknown_count": "projects that cannot be judged",
    "unknown_progress_count": "projects without an earned value",
    "unknown_cost_count": "projects without an actual cost",
    "bac_minor": "budget at completion, at cost",
    "original_bac_minor": "budget at completion of the original plans, at cost",
    "pv_minor": "planned value at cost; denominator of SPI",
    "ev_minor": "earned value at planned cost; numerator of SPI and CPI",
    "ac_minor": "actual cost; denominator of CPI",
    "sv_minor": "schedule variance EV - PV: positive is ahead",
    "cv_minor": "cost variance EV - AC: positive is under cost",
    "bac_seconds": "budget at completion (hours)",
    "original_bac_seconds": "budget at completion of the original plans (hours)",
    "pv_seconds": "planned value (hours)",
    "ev_seconds": "earned value (hours)",
    "ac_seconds": "time worked (hours)",
    "spi_ratio": "EV / PV",
    "cpi_ratio": "EV / AC",
}

SCHEDULE_PORTFOLIO = Metric(
    table="schedule_portfolio",
    grain=("unit", "is_open"),
    inputs=("schedule_project",),
    columns=COLUMNS,
    compute=schedule_portfolio,
)
