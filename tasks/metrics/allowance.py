"""How much of in-scope work the contract pays for: fee hours, a not-to-exceed amount, or a retainer's monthly hours.

Allowances are used up in the order (work date, entry id), whether or not the time was billed; the entry that crosses
the limit is split at the second. A contract that names no limit has none.
"""

from datetime import date, timedelta

import narwhals as nw

from tasks.metrics.money import divide_half_even
from tasks.metrics.time_value import SECONDS_AN_HOUR, with_worth

MONTHS_A_YEAR = 12
_TERMS = (
    "cap_minor",
    "budget_seconds",
    "retainer_seconds",
    "has_retainer_carry",
    "retainer_window_months",
    "start_date",
    "sow_start_date",
    "project_currency",
    "project_fx",
)
_WORKING = (
    "month_number",
    "first_month",
    "window",
    "since_start",
    "period",
    "cap_rate",
    "used",
    "limit",
    "retainer_limit",
    "after",
    "before",
    "paid",
    "paid_after",
    "paid_before",
    "reversed_seconds",
    "earlier",
    "months_before",
    "in_all",
    "level",
    "low",
    "lowest",
    "room",
    "queue_at_end",
    "over_from",
)


def allowed(frame: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Add `fits_seconds`, what of each entry's magnitude the contract still pays for, and `is_final` (1 or 0).

    Only approved, billable in-scope time uses allowances. `is_final` is 0 while a retainer's excess may still find room
    in a later month of its window.
    """
    frame = _with_use(_with_period(frame))
    order = ["work_date", "entry_id"]
    frame = frame.with_columns(
        nw.col("used").cum_sum().over("project_id", "period", order_by=order).cast(nw.Int64).alias("after")
    )
    frame = _with_limit(frame, as_of).with_columns((nw.col("after") - nw.col("used")).alias("before"))
    frame = frame.with_columns(
        nw.min_horizontal("after", "limit").alias("paid_after"),
        nw.min_horizontal("before", "limit").alias("paid_before"),
    )
    frame = frame.with_columns((nw.col("paid_after") - nw.col("paid_before")).alias("paid"))
    all_fits = nw.col("limit").is_null() | (nw.col("paid") == nw.col("used"))
    share = nw.col("paid").abs().cast(nw.Int64)
    rate = nw.when(nw.col("cap_rate") > 0).then(nw.col("cap_rate")).otherwise(1).cast(nw.Int64)
    seconds = nw.when(nw.col("contract_type") == "capped").then(share * SECONDS_AN_HOUR // rate).otherwise(share)
    frame = frame.with_columns(
        nw.when(all_fits).then(nw.col("magnitude")).otherwise(seconds).cast(nw.Int64).alias("fits_seconds")
    )
    return frame.drop(*_TERMS, *_WORKING)


def _with_period(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add the month as a number, and the `period` whose allowance it uses: a retainer's window, else the project."""
    begin = nw.coalesce("start_date", "sow_start_date")
    carries = nw.col("has_retainer_carry").fill_null(False) & ~nw.col("retainer_window_months").is_null()
    frame = frame.with_columns(
        _month_number(nw.col("work_date")).alias("month_number"),
        _month_number(begin).fill_null(0).alias("first_month"),
        nw.when(carries).then(nw.col("retainer_window_months")).otherwise(1).cast(nw.Int64).alias("window"),
    )
    frame = frame.with_columns((nw.col("month_number") - nw.col("first_month")).alias("since_start"))
    in_window = (nw.col("since_start") // nw.col("window")).cast(nw.Int64)
    is_retainer = nw.col("contract_type") == "retainer"
    return frame.with_columns(nw.when(is_retainer).then(in_window).otherwise(0).cast(nw.Int64).alias("period"))


def _with_use(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add `used`: seconds, or on a capped project the value in the project's currency; 0 where no allowance is used."""
    uses = (nw.col("scope") == "in_scope") & (nw.col("approval") == "approved") & ~nw.col("is_reversal")
    kept = nw.max_horizontal(
        nw.col("magnitude") - nw.col("reversed_seconds"), nw.col("magnitude") - nw.col("magnitude")
    )
    frame = frame.with_columns(kept.alias("kept"))
    same = nw.col("rate_currency") == nw.col("project_currency")
    frame = frame.with_columns((nw.col("rate_minor") * nw.col("rate_fx")).alias("_rate_fx"))
    frame = divide_half_even(frame, "_foreign_rate", "_rate_fx", "project_fx")
    frame = frame.with_columns(
        nw.when(same).then(nw.col("rate_minor")).otherwise(nw.col("_foreign_rate")).alias("cap_rate")
    )
    frame = with_worth(frame, "_worth", "kept", "cap_rate")
    amount = nw.when(nw.col("contract_type") == "capped").then(nw.col("_worth")).otherwise(nw.col("kept")).fill_null(0)
    frame = frame.with_columns(nw.when(uses).then(amount * nw.col("sign")).otherwise(0).cast(nw.Int64).alias("used"))
    return frame.drop("_rate_fx", "_foreign_rate", "_worth", "kept")


def _with_limit(frame: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Add `limit`, in the unit of `used`, on the running total of the period; null where the contract names none."""
    limit = (
        nw.when(nw.col("contract_type") == "fixed_fee")
        .then(nw.col("budget_seconds"))
        .when(nw.col("contract_type") == "capped")
        .then(nw.col("cap_minor"))
        .when(nw.col("contract_type") == "retainer")
        .then(nw.col("retainer_limit"))
    )
    return _with_retainer(frame, as_of).with_columns(limit.alias("limit"))


def _with_retainer(frame: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Add `retainer_limit` on the window's running total, and `is_final`: the window is over, or of one month.

    Work queues for the allowances in its order: what exceeds its own month is served first by the next one, and an
    allowance without work lapses (Productive: 40 hours a month, 10 over in October leave 30 in November). The queue
    before a month is the largest excess of any stretch of months up to it. While the window is open the limit of a
    month is what its own allowance, less the queue, still serves; once it is over, all but the queue left at its end.
    """
    window, order, monthly = ["project_id", "period"], ["work_date", "entry_id"], nw.col("retainer_seconds")
    in_month = nw.col("used").cum_sum().over(*window, "month_number", order_by=order).cast(nw.Int64)
    months_before = nw.col("since_start") - nw.col("period") * nw.col("window")
    frame = frame.with_columns(
        (nw.col("after") - in_month).alias("earlier"),
        months_before.alias("months_before"),
        nw.col("used").sum().over(*window).cast(nw.Int64).alias("in_all"),
    ).with_columns((nw.col("earlier") - monthly * nw.col("months_before")).alias("level"))
    frame = frame.with_columns(
        nw.col("level").cum_min().over(*window, order_by=order).cast(nw.Int64).alias("low"),
        nw.col("level").min().over(*window).cast(nw.Int64).alias("lowest"),
    )
    room = monthly - (nw.col("level") - nw.col("low"))
    queue_at_end = nw.col("in_all") - monthly * nw.col("window") - nw.col("lowest")
    over_from = nw.col("month_number") - nw.col("months_before") + nw.col("window")
    frame = frame.with_columns(room.alias("room"), queue_at_end.alias("queue_at_end"), over_from.alias("over_from"))
    tomorrow = as_of + timedelta(days=1)
    now = tomorrow.year * MONTHS_A_YEAR + tomorrow.month - 1
    # A window of one month is decided at once: its excess can go nowhere.
    is_final = (nw.col("window") == 1) | (nw.col("over_from") <= now)
    open_limit = nw.col("earlier") + nw.when(nw.col("room") > 0).then(nw.col("room")).otherwise(0)
    end_limit = nw.col("in_all") - nw.when(nw.col("queue_at_end") > 0).then(nw.col("queue_at_end")).otherwise(0)
    limit = nw.when(~monthly.is_null()).then(nw.when(is_final).then(end_limit).otherwise(open_limit)).cast(nw.Int64)
    return frame.with_columns(
        limit.alias("retainer_limit"), nw.when(is_final).then(1).otherwise(0).cast(nw.Int64).alias("is_final")
    )


def _month_number(day: nw.Expr) -> nw.Expr:
    """The months since year 0."""
    return (day.dt.year().cast(nw.Int64) * MONTHS_A_YEAR + day.dt.month().cast(nw.Int64) - 1).cast(nw.Int64)
