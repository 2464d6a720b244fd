"""What an hour is worth: each client-facing entry with the rate it is sold at and the list rate.

Rate: stamped on the entry > the contract's own > the role's > the standard one, each the latest on or before the day
performed. A contract's rate that names a role is for that role only.
"""

import narwhals as nw

from tasks.metrics.metric import Frames
from tasks.metrics.rate_of_day import with_rates


def valued(frame: nw.LazyFrame, frames: Frames) -> nw.LazyFrame:
    """Add `rate_minor`, `list_rate_minor`, their currencies, `rate_fx`, `list_fx`, `is_rate_missing` and `month`."""
    frame = with_rates(frame, frames, "bill")
    frame = frame.with_columns(
        nw.col("work_date").dt.truncate("1mo").cast(nw.Date).alias("month"),
        nw.col("list_rate").alias("list_rate_minor"),
        nw.coalesce("stamped_rate_minor", "contract_rate", "list_rate").alias("rate_minor"),
        nw.coalesce("stamped_currency", "contract_currency", "list_currency").alias("rate_currency"),
    )
    for name in ("rate", "list"):
        frame = with_fx(frame, frames["fx_rate"], f"{name}_fx", f"{name}_currency")
    missing = nw.col("rate_minor").is_null() | nw.col("rate_fx").is_null()
    return frame.with_columns(missing.alias("is_rate_missing"))


def with_fx(frame: nw.LazyFrame, fx_rate: nw.LazyFrame, into: str, currency: str) -> nw.LazyFrame:
    """Add the column `into`: reporting minor units for 10^8 of `currency`, at the table of the column `month`."""
    rates = fx_rate.select(
        nw.col("month").alias("_month"), nw.col("currency").alias("_currency"), nw.col("minor_rate_e8").alias(into)
    )
    return frame.join(rates, how="left", left_on=["month", currency], right_on=["_month", "_currency"])
