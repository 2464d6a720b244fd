"""A retainer's months: which hours pay for which work, and how much of a window's work they pay for."""

from datetime import date

import narwhals as nw

MONTHS_A_YEAR = 12


def with_period(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add the month as a number, the `period` whose allowance it uses, and the months of it before.

    The period is a retainer's window, else the project.
    """
    carries = nw.col("has_retainer_carry").fill_null(False) & ~nw.col("retainer_window_months").is_null()
    window = nw.when(carries).then(nw.col("retainer_window_months")).otherwise(1).cast(nw.Int64)
    frame = frame.with_columns(
        _month_number(nw.col("work_date")).alias("month_number"),
        (_month_number(nw.col("work_date")) - _month_number(nw.col("begin_date")).fill_null(0)).alias("since_start"),
        window.alias("window"),
    )
    in_window = nw.col("since_start") // nw.col("window")
    is_retainer = nw.col("contract_type") == "retainer"
    frame = frame.with_columns(nw.when(is_retainer).then(in_window).otherwise(0).cast(nw.Int64).alias("period"))
    return frame.with_columns((nw.col("since_start") - nw.col("period") * nw.col("window")).alias("months_before"))


def retainer_limits(frame: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Find the limit on the running total of each retainer's window, `retainer_limit`, null without monthly hours.

    Work queues for the allowances in its order: what exceeds its own month is served first by the next one, and an
    allowance without work lapses (Productive: 40 hours a month, 10 over in October leave 30 in November). The queue
    is the largest excess of any stretch of months up to the last one begun; its hours are the latest ones.
    """
    window, monthly = ["project_id", "period"], nw.col("retainer_seconds")
    worked = (
        frame.filter(nw.col("contract_type") == "retainer")
        .group_by(*window, "month_number", "months_before")
        .agg(nw.col("used").sum(), nw.col("window").max(), nw.col("retainer_seconds").max())
    )
    after = nw.col("used").cum_sum().over(*window, order_by="month_number").cast(nw.Int64)
    begun = months(as_of) + 1 - (nw.col("month_number") - nw.col("months_before"))
    worked = worked.with_columns(
        (after - nw.col("used") - monthly * nw.col("months_before")).alias("level"),
        nw.min_horizontal(begun, nw.col("window")).alias("begun"),
    )
    windows = worked.group_by(*window).agg(
        nw.col("used").sum().alias("in_all"),
        nw.col("level").min(),
        nw.col("begun").max(),
        nw.col("retainer_seconds").max(),
    )
    windows = windows.with_columns((nw.col("in_all") - monthly * nw.col("begun") - nw.col("level")).alias("queue"))
    waiting = nw.when(nw.col("queue") > 0).then(nw.col("queue")).when(~monthly.is_null()).then(0)
    return windows.select(*window, (nw.col("in_all") - waiting).cast(nw.Int64).alias("retainer_limit"))


def _month_number(day: nw.Expr) -> nw.Expr:
    """The months since year 0."""
    return (day.dt.year().cast(nw.Int64) * MONTHS_A_YEAR + day.dt.month().cast(nw.Int64) - 1).cast(nw.Int64)


def months(day: date) -> int:
    """The months since year 0 of a day."""
    return day.year * MONTHS_A_YEAR + day.month - 1
