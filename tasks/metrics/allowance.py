"""How much of in-scope work the contract pays for: fee hours, a not-to-exceed amount, or a retainer's monthly hours.

Allowances are used up in the order (work date, entry id), whether or not the time was billed; the entry that crosses
the limit is split at the second. A contract that names no limit has none.
"""

from datetime import date, timedelta

import narwhals as nw

from config.policy import Policy
from tasks.metrics import client_time, scope
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import SECONDS_AN_HOUR, rounded, worth

MONTHS_A_YEAR = 12
_USED_UP = (
    *(name for name in client_time.TERMS if name != "contract_type"),
    "project_currency",
    "project_fx",
    "reversed_seconds",
)

COLUMNS = {
    **{name: meaning for name, meaning in scope.COLUMNS.items() if name not in _USED_UP},
    "fits_seconds": "what of the magnitude the contract pays for",
    "is_final": "1; 0 while a retainer's excess may still find room in a later month of its window",
}


def time_allowance(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The time with its scope, and how much of each entry fits what the contract pays for.

    Only approved, billable in-scope time uses allowances. The excess of a retainer that carries queues for the months
    of its window that have begun.
    """
    frame = _with_use(_with_period(frames["time_scope"]))
    after = nw.col("used").cum_sum().over("project_id", "period", order_by=["work_date", "entry_id"])
    frame = _with_retainer(frame.with_columns(after.cast(nw.Int64).alias("after")), as_of)
    limit = (
        nw.when(nw.col("contract_type") == "fixed_fee")
        .then(nw.col("budget_seconds"))
        .when(nw.col("contract_type") == "capped")
        .then(nw.col("cap_minor"))
        .when(nw.col("contract_type") == "retainer")
        .then(nw.col("retainer_limit"))
    )
    frame = frame.with_columns(limit.alias("limit"), (nw.col("after") - nw.col("used")).alias("before"))
    paid = nw.min_horizontal("after", "limit") - nw.min_horizontal("before", "limit")
    frame = frame.with_columns(paid.alias("paid"))
    all_fits = nw.col("limit").is_null() | (nw.col("paid") == nw.col("used"))
    share = nw.col("paid").abs().cast(nw.Int64)
    rate = nw.when(nw.col("cap_rate") > 0).then(nw.col("cap_rate")).otherwise(1).cast(nw.Int64)
    seconds = nw.when(nw.col("contract_type") == "capped").then(share * SECONDS_AN_HOUR // rate).otherwise(share)
    return frame.with_columns(
        nw.when(all_fits).then(nw.col("magnitude")).otherwise(seconds).cast(nw.Int64).alias("fits_seconds")
    )


def _with_period(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add the month as a number, and the `period` whose allowance it uses: a retainer's window, else the project."""
    begin = nw.coalesce("start_date", "sow_start_date")
    carries = nw.col("has_retainer_carry").fill_null(False) & ~nw.col("retainer_window_months").is_null()
    window = nw.when(carries).then(nw.col("retainer_window_months")).otherwise(1).cast(nw.Int64)
    frame = frame.with_columns(
        _month_number(nw.col("work_date")).alias("month_number"),
        (_month_number(nw.col("work_date")) - _month_number(begin).fill_null(0)).alias("since_start"),
        window.alias("window"),
    )
    in_window = nw.col("since_start") // nw.col("window")
    is_retainer = nw.col("contract_type") == "retainer"
    return frame.with_columns(nw.when(is_retainer).then(in_window).otherwise(0).cast(nw.Int64).alias("period"))


def _with_use(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Add `used`: seconds, or on a capped project the value in the project's currency; 0 where no allowance is used."""
    uses = (nw.col("scope") == "in_scope") & (nw.col("approval") == "approved") & ~nw.col("is_reversal")
    kept, nothing = nw.col("magnitude") - nw.col("reversed_seconds"), nw.col("magnitude") - nw.col("magnitude")
    same = nw.col("rate_currency") == nw.col("project_currency")
    frame = rounded(frame, foreign=(nw.col("rate_minor") * nw.col("rate_fx"), nw.col("project_fx")))
    frame = frame.with_columns(
        nw.max_horizontal(kept, nothing).alias("kept"),
        nw.when(same).then(nw.col("rate_minor")).otherwise(nw.col("foreign")).alias("cap_rate"),
    )
    frame = rounded(frame, kept_worth=worth("kept", "cap_rate"))
    is_capped = nw.col("contract_type") == "capped"
    amount = nw.when(is_capped).then(nw.col("kept_worth")).otherwise(nw.col("kept")).fill_null(0)
    return frame.with_columns(nw.when(uses).then(amount * nw.col("sign")).otherwise(0).cast(nw.Int64).alias("used"))


def _with_retainer(frame: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Add `retainer_limit` on the window's running total, and `is_final`: the window is over, or of one month.

    Work queues for the allowances in its order: what exceeds its own month is served first by the next one, and an
    allowance without work lapses (Productive: 40 hours a month, 10 over in October leave 30 in November). The queue
    is the largest excess of any stretch of months up to the last one begun; its hours are the latest ones.
    """
    window, monthly = ["project_id", "period"], nw.col("retainer_seconds")
    in_month = nw.col("used").cum_sum().over(*window, "month_number", order_by=["work_date", "entry_id"])
    frame = frame.with_columns(
        (nw.col("after") - in_month.cast(nw.Int64)).alias("earlier"),
        (nw.col("since_start") - nw.col("period") * nw.col("window")).alias("months_before"),
        nw.col("used").sum().over(*window).cast(nw.Int64).alias("in_all"),
    )
    level = nw.col("earlier") - monthly * nw.col("months_before")
    begun = _months(as_of) + 1 - (nw.col("month_number") - nw.col("months_before"))
    frame = frame.with_columns(level.alias("level"), nw.min_horizontal(begun, nw.col("window")).alias("begun"))
    lowest = nw.col("level").min().over(*window).cast(nw.Int64)
    frame = frame.with_columns((nw.col("in_all") - monthly * nw.col("begun") - lowest).alias("queue"))
    # A window of one month is decided at once: its excess can go nowhere.
    over_from = nw.col("month_number") - nw.col("months_before") + nw.col("window")
    is_final = (nw.col("window") == 1) | (over_from <= _months(as_of + timedelta(days=1)))
    waiting = nw.when(nw.col("queue") > 0).then(nw.col("queue")).when(~monthly.is_null()).then(0)
    return frame.with_columns(
        (nw.col("in_all") - waiting).cast(nw.Int64).alias("retainer_limit"),
        nw.when(is_final).then(1).otherwise(0).cast(nw.Int64).alias("is_final"),
    )


def _month_number(day: nw.Expr) -> nw.Expr:
    """The months since year 0."""
    return (day.dt.year().cast(nw.Int64) * MONTHS_A_YEAR + day.dt.month().cast(nw.Int64) - 1).cast(nw.Int64)


def _months(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month - 1


TIME_ALLOWANCE = Metric(
    table="time_allowance",
    grain=("entry_id",),
    inputs=("time_scope",),
    columns=COLUMNS,
    compute=time_allowance,
    is_step=True,
)
