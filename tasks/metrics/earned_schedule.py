"""Earned schedule: the time at which the work done should have been done (Lipke)."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.planned_value_curve import FINE
from tasks.metrics.ratios import ratio


def with_earned_schedule(projects: nw.LazyFrame, reached: nw.LazyFrame) -> nw.LazyFrame:
    """Add es_days, sv_t_days, spi_t_ratio, ieac_t_days and tspi_ratio to projects with ev, bac, at_days and pd_days.

    `reached` is what `earned_schedule` found for them. ES is where PV reached EV, between breakpoints; on a
    plateau of PV, the point of it nearest to AT; PD when EV reaches BAC; null when EV is or BAC is 0. SV(t) = ES - AT,
    SPI(t) = ES / AT, IEAC(t) = PD / SPI(t), TSPI = (PD - ES) / (PD - AT), null when AT >= PD. Working days.
    """
    projects = projects.join(reached, on="project_id", how="left")
    at, end = nw.col("at_days").cast(nw.Float64), nw.col("pd_days").cast(nw.Float64)
    earned = (
        nw.when(nw.col("ev") >= nw.col("bac"))
        .then(end)
        .when(nw.col("flat_from_days").is_null())
        .then(nw.col("between_days"))
        .when(at <= nw.col("flat_from_days"))
        .then(nw.col("flat_from_days").cast(nw.Float64))
        .when(at >= nw.col("from_days"))
        .then(nw.col("from_days").cast(nw.Float64))
        .otherwise(at)
    )
    projects = projects.with_columns(nw.when(nw.col("bac") > 0).then(earned).alias("es_days"))
    projects = projects.with_columns(
        (nw.col("es_days") - at).alias("sv_t_days"), ratio("es_days", "at_days").alias("spi_t_ratio")
    )
    projects = projects.with_columns(
        ratio("pd_days", "spi_t_ratio").alias("ieac_t_days"),
        (end - nw.col("es_days")).alias("_left"),
        (nw.col("pd_days") - nw.col("at_days")).alias("_time_left"),
    )
    tspi = nw.when(nw.col("_time_left") > 0).then(ratio("_left", "_time_left"))
    projects = projects.with_columns(tspi.alias("tspi_ratio"))
    return projects.drop("from_days", "flat_from_days", "between_days", "_left", "_time_left")


def earned_schedule(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Find the place on each project's curve that its EV reached: the last breakpoint not above it, and beyond."""
    curve, earned = frames["planned_value_curve"], frames["project_value"]
    curve = curve.with_columns(
        nw.col("pv_fine").shift(-1).over("project_id", order_by="day").alias("_next_pv"),
        nw.col("elapsed_days").shift(-1).over("project_id", order_by="day").alias("_next_day"),
    )
    curve = curve.join(earned.select("project_id", (nw.col("ev") * FINE).alias("_ev")), on="project_id", how="inner")
    at_ev = nw.when(nw.col("pv_fine") == nw.col("_ev")).then(nw.col("elapsed_days"))
    curve = curve.with_columns(
        at_ev.alias("_at_ev"),
        (nw.col("_ev") - nw.col("pv_fine")).alias("_above"),
        (nw.col("_next_pv") - nw.col("pv_fine")).alias("_rise"),
    )
    curve = curve.with_columns(nw.col("_at_ev").min().over("project_id").alias("flat_from_days"))
    last = curve.filter(
        (nw.col("pv_fine") <= nw.col("_ev")) & (nw.col("_next_pv").is_null() | (nw.col("_next_pv") > nw.col("_ev")))
    )
    last = last.with_columns(ratio("_above", "_rise").alias("_share"))
    between = nw.col("elapsed_days") + nw.col("_share") * (nw.col("_next_day") - nw.col("elapsed_days"))
    return last.select(
        "project_id", nw.col("elapsed_days").alias("from_days"), "flat_from_days", between.alias("between_days")
    )


EARNED_SCHEDULE = Metric(
    table="earned_schedule",
    grain=("project_id",),
    inputs=("planned_value_curve", "project_value"),
    columns={
        "project_id": "the project",
        "from_days": "elapsed days at the last breakpoint of the plan whose PV is not above EV",
        "flat_from_days": "elapsed days at the first breakpoint of exactly EV: a plateau when they differ",
        "between_days": "elapsed days at which PV met EV, interpolated",
    },
    compute=earned_schedule,
    is_step=True,
)
