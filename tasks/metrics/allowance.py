"""How much of in-scope work the contract pays for: fee hours, a not-to-exceed amount, or a retainer's monthly hours.

Allowances are used up in the order (work date, entry id), whether or not the time was billed; the entry that crosses
the limit is split at the second. A contract that names no limit has none.
"""

from datetime import date, timedelta

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.client_time import with_magnitude
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import SECONDS_AN_HOUR, rounded, worth
from tasks.metrics.retainer import months, retainer_limits, with_period
from tasks.metrics.time_value import with_fx

LIMITED = ("fixed_fee", "capped", "retainer")

COLUMNS = {
    "entry_id": "the time entry, one that uses an allowance",
    "fits_seconds": "what of the magnitude the contract pays for",
    "is_final": "1; 0 while a retainer's excess may still find room in a later month of its window",
}


def time_allowance(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """How much fits what the contract pays for, of each entry that uses a fee's hours, a cap or a retainer.

    Only approved, billable in-scope time uses allowances. The excess of a retainer that carries queues for the months
    of its window that have begun.
    """
    frame = with_period(_using(frames))
    frame = frame.join(retainer_limits(frame, as_of), how="left", on=["project_id", "period"])
    after = nw.col("used").cum_sum().over("project_id", "period", order_by=["work_date", "entry_id"])
    limit = (
        nw.when(nw.col("contract_type") == "fixed_fee")
        .then(nw.col("budget_seconds"))
        .when(nw.col("contract_type") == "capped")
        .then(nw.col("cap_minor"))
        .otherwise(nw.col("retainer_limit"))
    )
    frame = frame.with_columns(after.cast(nw.Int64).alias("after"), limit.alias("limit"))
    frame = frame.with_columns((nw.col("after") - nw.col("used")).alias("before"))
    paid = nw.min_horizontal("after", "limit") - nw.min_horizontal("before", "limit")
    frame = frame.with_columns(paid.alias("paid"))
    all_fits = nw.col("limit").is_null() | (nw.col("paid") == nw.col("used"))
    share = nw.col("paid").abs().cast(nw.Int64)
    rate = nw.when(nw.col("cap_rate") > 0).then(nw.col("cap_rate")).otherwise(1).cast(nw.Int64)
    seconds = nw.when(nw.col("contract_type") == "capped").then(share * SECONDS_AN_HOUR // rate).otherwise(share)
    # A window of one month is decided at once: its excess can go nowhere.
    over_from = nw.col("month_number") - nw.col("months_before") + nw.col("window")
    is_final = (nw.col("window") == 1) | (over_from <= months(as_of + timedelta(days=1)))
    return frame.with_columns(
        nw.when(all_fits).then(nw.col("magnitude")).otherwise(seconds).cast(nw.Int64).alias("fits_seconds"),
        as_count(is_final).alias("is_final"),
    )


def _using(frames: Frames) -> nw.LazyFrame:
    """The entries that use an allowance, with the terms of their contract.

    Adds `used`: seconds, or on a capped project the value in the project's currency.
    """
    uses = (nw.col("scope") == "in_scope") & (nw.col("approval") == "approved") & nw.col("family_id").is_null()
    time = (
        frames["time_scope"]
        .filter(nw.col("contract_type").is_in(LIMITED) & uses)
        .select(
            "entry_id",
            "project_id",
            "contract_type",
            "work_date",
            "month",
            "seconds",
            "reversed_seconds",
            "rate_minor",
            "rate_currency",
            "rate_fx",
        )
    )
    terms = frames["project"].select(
        "project_id",
        "cap_minor",
        "budget_seconds",
        "retainer_seconds",
        "has_retainer_carry",
        "retainer_window_months",
        nw.coalesce("start_date", "sow_start_date").alias("begin_date"),
        nw.col("currency").alias("project_currency"),
    )
    frame = with_magnitude(time.join(terms, on="project_id", how="inner"))
    frame = with_fx(frame, frames["fx_rate"], "project_fx", "project_currency")
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
    return frame.with_columns((amount * nw.col("sign")).cast(nw.Int64).alias("used"))


TIME_ALLOWANCE = Metric(
    table="time_allowance",
    grain=("entry_id",),
    inputs=("time_scope", "project", "fx_rate"),
    columns=COLUMNS,
    compute=time_allowance,
    is_step=True,
)
