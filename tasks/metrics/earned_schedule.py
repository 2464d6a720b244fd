"""Earned schedule: the time at which the work done should have been done (Lipke)."""

import narwhals as nw

from tasks.metrics.planned_value_curve import FINE
from tasks.metrics.ratios import ratio


def with_earned_schedule(projects: nw.LazyFrame, curve: nw.LazyFrame) -> nw.LazyFrame:
    """Add es_days, sv_t_days, spi_t_ratio, ieac_t_days and tspi_ratio to projects with ev, bac, at_days and pd_days.

    ES is where PV reached EV, interpolated between breakpoints; on a plateau of PV, the point of it nearest to AT; PD
    when EV reaches BAC; null when EV is or BAC is 0. SV(t) = ES - AT, SPI(t) = ES / AT, IEAC(t) = PD / SPI(t),
    TSPI = (PD - ES) / (PD - AT), null when AT >= PD. Working days.
    """
    projects = projects.join(_reached(projects, curve), on="project_id", how="left")
    at, end = nw.col("at_days").cast(nw.Float64), nw.col("pd_days").cast(nw.Float64)
    reached = (
        nw.when(nw.col("ev") >= nw.col("bac")).then(end)
        .when(nw.col("_flat_from").is_null()).then(nw.col("_between"))
        .when(at <= nw.col("_flat_from")).then(nw.col("_flat_from").cast(nw.Float64))
        .when(at >= nw.col("_from")).then(nw.col("_from").cast(nw.Float64))
        .otherwise(at)
    )
    projects = projects.with_columns(nw.when(nw.col("bac") > 0).then(reached).alias("es_days"))
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
    return projects.drop("_from", "_flat_from", "_between", "_left", "_time_left")


def _reached(projects: nw.LazyFrame, curve: nw.LazyFrame) -> nw.LazyFrame:
    # The last breakpoint that EV reached: the one after it is above EV, or does not exist.
    curve = curve.with_columns(
        nw.col("pv_fine").shift(-1).over("project_id", order_by="day").alias("_next_pv"),
        nw.col("elapsed_days").shift(-1).over("project_id", order_by="day").alias("_next_day"),
    )
    curve = curve.join(projects.select("project_id", (nw.col("ev") * FINE).alias("_ev")), on="project_id", how="inner")
    curve = curve.filter(nw.col("pv_fine") <= nw.col("_ev"))
    flat = curve.filter(nw.col("pv_fine") == nw.col("_ev")).group_by("project_id").agg(nw.col("elapsed_days").min())
    last = curve.filter(nw.col("_next_pv").is_null() | (nw.col("_next_pv") > nw.col("_ev")))
    last = last.with_columns(
        (nw.col("_ev") - nw.col("pv_fine")).alias("_above"), (nw.col("_next_pv") - nw.col("pv_fine")).alias("_rise")
    )
    last = last.with_columns(ratio("_above", "_rise").alias("_share"))
    between = nw.col("elapsed_days") + nw.col("_share") * (nw.col("_next_day") - nw.col("elapsed_days"))
    last = last.select("project_id", nw.col("elapsed_days").alias("_from"), between.alias("_between"))
    return last.join(flat.rename({"elapsed_days": "_flat_from"}), on="project_id", how="left")
