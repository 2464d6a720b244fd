"""The months that are measured, and what a currency is worth in each."""

from datetime import date, timedelta

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.recurring import day_number, month_index


def mrr_month(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """List the calendar's complete months up to `as_of`, and the one before them, whose closing opens the first."""
    months = frames["work_calendar"].select(nw.col("day").dt.truncate("1mo").cast(nw.Date).alias("month")).unique()
    # Not every engine can add months: the day before the first, and 31 days after it, lie in the neighbouring months.
    before = months.select(_later("month", -1).dt.truncate("1mo").cast(nw.Date).alias("month"))
    months = months.with_columns(nw.lit(1).cast(nw.Int64).alias("_measured"))
    months = nw.concat([months, before.with_columns(nw.lit(0).cast(nw.Int64).alias("_measured"))])
    months = months.group_by("month").agg(nw.col("_measured").max())
    months = months.with_columns(_later("month", 31).dt.truncate("1mo").cast(nw.Date).alias("_next"))
    months = months.with_columns(_later("_next", -1).alias("_last_date"))
    months = months.select(
        "month",
        month_index(day_number("month")).alias("month_index"),
        day_number("_last_date").alias("last_day"),
        (nw.col("_measured") == 1).alias("is_measured"),
    )
    tomorrow = as_of + timedelta(days=1)
    return months.filter(nw.col("month_index") < tomorrow.year * 12 + tomorrow.month - 1)


def _later(column: str, days: int) -> nw.Expr:
    return (nw.col(column) + timedelta(days=days)).cast(nw.Date)


def mrr_rate(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Give each currency in use a rate in every month: the month's own, else the nearest earlier, else later."""
    known = frames["fx_rate"].select("month", "currency", nw.col("minor_rate_e8").alias("_known"))
    currencies = frames["mrr_line"].group_by("currency").agg(nw.len().alias("_lines")).select("currency")
    grid = frames["mrr_month"].join(currencies, how="cross")
    grid = grid.join(known, on=["month", "currency"], how="left")
    grid = grid.with_columns(
        nw.col("_known").fill_null(strategy="forward").over("currency", order_by="month_index").alias("_earlier"),
        nw.col("_known").fill_null(strategy="backward").over("currency", order_by="month_index").alias("_later"),
    )
    rate = nw.coalesce("_known", "_earlier", "_later").fill_null(0).cast(nw.Int64)
    grid = grid.with_columns(rate.alias("minor_rate_e8"), nw.col("_known").is_null().alias("is_rate_missing"))
    return grid.drop("_known", "_earlier", "_later")


MRR_MONTH = Metric(
    table="mrr_month",
    grain=("month",),
    inputs=("work_calendar",),
    columns={
        "month": "first day of the month",
        "month_index": "months since year 0",
        "last_day": "the month's last day as a number: 20261130",
        "is_measured": "false for the month before the first one, whose closing is the first opening",
    },
    compute=mrr_month,
    is_step=True,
)

MRR_RATE = Metric(
    table="mrr_rate",
    grain=("month", "currency"),
    inputs=("fx_rate", "mrr_line", "mrr_month"),
    columns=MRR_MONTH.columns
    | {
        "currency": "the currency",
        "minor_rate_e8": "reporting minor units for one minor unit, in 10^-8; 0 where it has no rate at all",
        "is_rate_missing": "the rate is not the month's own",
    },
    compute=mrr_rate,
    is_step=True,
)
