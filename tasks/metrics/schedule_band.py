"""Green, amber or red, and the first reason for it."""

import narwhals as nw

from config.policy import Schedule


def with_band(frame: nw.LazyFrame, limits: Schedule) -> nw.LazyFrame:
    """Add `band` and `band_reason` (spi_t, slip, budget_spent, cpi, tcpi) to project rows, by unrounded values.

    Red: SPI(t) or slip beyond its red limit, the budget spent with work left, CPI below its limit (judged from the
    first hundredth of the budget earned, as its forecasts are), or TCPI against BAC above its limit.
    Amber: SPI(t) or slip beyond its amber limit. Unknown: the plan was first seen too late to judge by, or progress is
    unknown.
    """
    spi_t, slip, tcpi = nw.col("spi_t_ratio"), nw.col("finish_slip_working_days"), nw.col("tcpi_ratio")
    frame = frame.with_columns(
        (spi_t < limits.red_spi_t).fill_null(False).alias("_red_spi_t"),
        (slip > limits.red_slip_working_days).fill_null(False).alias("_red_slip"),
        (nw.col("is_budget_spent") & (nw.col("ev") < nw.col("bac"))).fill_null(False).alias("_spent"),
        ((nw.col("cpi_ratio") < limits.red_cpi) & ~nw.col("eac").is_null()).fill_null(False).alias("_red_cpi"),
        (tcpi > limits.red_tcpi).fill_null(False).alias("_red_tcpi"),
        (spi_t < limits.amber_spi_t).fill_null(False).alias("_amber_spi_t"),
        (slip > limits.amber_slip_working_days).fill_null(False).alias("_amber_slip"),
    )
    is_red = nw.col("_red_spi_t") | nw.col("_red_slip") | nw.col("_spent")
    is_red = is_red | nw.col("_red_cpi") | nw.col("_red_tcpi")
    frame = frame.with_columns(
        nw.when(~nw.col("is_slip_reliable"))
        .then(nw.lit("unknown"))
        .when(is_red)
        .then(nw.lit("red"))
        .when(nw.col("_amber_spi_t") | nw.col("_amber_slip"))
        .then(nw.lit("amber"))
        .when(nw.col("ev").is_null())
        .then(nw.lit("unknown"))
        .otherwise(nw.lit("green"))
        .alias("band")
    )
    red, amber = nw.col("band") == "red", nw.col("band") == "amber"
    frame = frame.with_columns(
        nw.when(red & nw.col("_red_spi_t"))
        .then(nw.lit("spi_t"))
        .when(red & nw.col("_red_slip"))
        .then(nw.lit("slip"))
        .when(red & nw.col("_spent"))
        .then(nw.lit("budget_spent"))
        .when(red & nw.col("_red_cpi"))
        .then(nw.lit("cpi"))
        .when(red)
        .then(nw.lit("tcpi"))
        .when(amber & nw.col("_amber_spi_t"))
        .then(nw.lit("spi_t"))
        .when(amber)
        .then(nw.lit("slip"))
        .alias("band_reason")
    )
    return frame.drop("_red_spi_t", "_red_slip", "_spent", "_red_cpi", "_red_tcpi", "_amber_spi_t", "_amber_slip")
