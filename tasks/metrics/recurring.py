"""The monthly recurring revenue of one subscription line.

Days are written as numbers, 20261123 for 2026-11-23: they sort as dates do, and every engine can sum and compare them.
"""

from datetime import date, timedelta

import narwhals as nw

from tasks.metrics.money import divide_half_even

SNAPPED_MONTHS = (3, 6, 9, 12, 24, 36, 48, 60, 72)
# A term of d days is 48 d / 1461 months (days / 365.25 * 12). It is taken for a whole number of months when it lies
# within 1/20 of a month of it: 90 to 92 days are 3 months, 364 to 366 days a year, 730 to 732 days two.
MONTHS_OF_A_DAY = (48, 1461)
NEAR_A_MONTH = 20


def number_of(day: date) -> int:
    """A date as a sortable number: 20261123."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_number(column: str) -> nw.Expr:
    """A date column as sortable numbers: 20261123; null where null."""
    day = nw.col(column).dt
    return (day.year().cast(nw.Int64) * 10_000 + day.month().cast(nw.Int64) * 100 + day.day().cast(nw.Int64)).cast(
        nw.Int64
    )


def month_index(number: nw.Expr) -> nw.Expr:
    """The months since year 0 of a day number, so that neighbouring months differ by one."""
    return (12 * (number // 10_000) + (number // 100 - 100 * (number // 10_000)) - 1).cast(nw.Int64)


def with_line_mrr(subscription: nw.LazyFrame) -> nw.LazyFrame:
    """Add `mrr_minor`: the value of the term over its months, in the line's currency, rounded half-even.

    Exactly n months (the term ends n calendar months after it starts): amount / n. Otherwise amount / (days / 365.25
    * 12), the months snapped to 3, 6, 9, 12, 24 … 72 when within a twentieth (after Displayr, the twentieth is ours:
    a contract of 365 days renewed for 366 is no expansion). Null for a term without a day, which the checks quarantine.
    """
    days_up, days_down = MONTHS_OF_A_DAY
    frame = _with_whole_months(_with_days(subscription))
    whole = nw.col("_whole_months")
    months = nw.when(whole > 0).then(whole).otherwise(nw.col("_days") * days_up)
    frame = frame.with_columns(
        (nw.col("amount_minor") * nw.when(whole > 0).then(1).otherwise(days_down)).alias("_value"),
        nw.when(nw.col("_days") > 0).then(months).alias("_months"),
    )
    return divide_half_even(frame, "mrr_minor", "_value", "_months").drop("_days", "_whole_months", "_value", "_months")


def _with_days(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add `_days`, the length of the term."""
    # Engines subtract dates in different ways; the days since 0001-01-01 are plain arithmetic everywhere.
    ends = (("_from", "start_date"), ("_to", "term_end_date"))
    frame = frame.with_columns(*((nw.col(column).dt.year().cast(nw.Int64) - 1).alias(name) for name, column in ends))
    since = {
        name: 365 * nw.col(name)
        + nw.col(name) // 4
        - nw.col(name) // 100
        + nw.col(name) // 400
        + nw.col(column).dt.ordinal_day().cast(nw.Int64)
        for name, column in ends
    }
    return frame.with_columns((since["_to"] - since["_from"]).cast(nw.Int64).alias("_days")).drop("_from", "_to")


def _with_whole_months(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add `_whole_months`: by the calendar, else snapped, else 0."""
    start, end = nw.col("start_date").dt.day(), nw.col("term_end_date").dt.day()
    # The 31st plus a month is the month's last day: a term may end on a day lower than its first.
    clamped = (end < start) & ((nw.col("term_end_date") + timedelta(days=1)).cast(nw.Date).dt.day() == 1)
    frame = frame.with_columns(
        ((end == start) | clamped).alias("_is_calendar"),
        month_index(day_number("term_end_date")).alias("_to"),
        month_index(day_number("start_date")).alias("_from"),
    )
    apart = nw.col("_to") - nw.col("_from")
    whole = nw.when(nw.col("_is_calendar") & (apart > 0)).then(apart).otherwise(_snapped())
    return frame.with_columns(whole.cast(nw.Int64).alias("_whole_months")).drop("_is_calendar", "_from", "_to")


def _snapped() -> nw.Expr:
    days_up, days_down = MONTHS_OF_A_DAY
    snapped = nw.lit(0)
    for months in SNAPPED_MONTHS:
        off_by = (nw.col("_days") * days_up - months * days_down).abs() * NEAR_A_MONTH
        snapped = nw.when(off_by <= days_down).then(nw.lit(months)).otherwise(snapped)
    return snapped
