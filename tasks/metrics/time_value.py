"""What an hour is worth: each client-facing entry with the rate it is sold at and the list rate.

Rate: stamped on the entry > the contract's own > the role's > the standard one, each the latest on or before the day
performed. A contract's rate that names a role is for that role only.
"""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import client_time
from tasks.metrics.metric import Frames, Metric

# In order of precedence: a rate, and what it hangs on.
RATES = (
    ("contract_role", ("project_id", "role_id")),
    ("contract", ("project_id",)),
    ("role", ("role_id",)),
    ("standard", ()),
)
LIST_RATES = ("role", "standard")
_USED_UP = ("role_id", "stamped_rate_minor", "stamped_currency")

COLUMNS = {
    **{name: meaning for name, meaning in client_time.COLUMNS.items() if name not in _USED_UP},
    "rate_minor": "the rate an hour",
    "rate_currency": "its currency",
    "list_rate_minor": "the list rate an hour: the role's, else the standard one",
    "rate_fx": "reporting minor units for 10^8 of the rate's currency, in the month of work",
    "list_fx": "likewise for the list rate's currency",
    "project_fx": "likewise for the contract's currency",
    "is_rate_missing": "there is no rate, or no exchange rate for it",
}


def time_value(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The time that counts with its rate, its list rate, and the exchange rates of the month of work."""
    frame, rates = frames["client_time"], frames["rate_of_day"]
    for name, key in RATES:
        frame = _with_rate(frame, rates, name, key)
    every, listed = [name for name, _ in RATES], LIST_RATES
    frame = frame.with_columns(
        nw.coalesce("stamped_rate_minor", *(f"{name}_rate" for name in every)).alias("rate_minor"),
        nw.coalesce("stamped_currency", *(f"{name}_currency" for name in every)).alias("rate_currency"),
        nw.coalesce(*(f"{name}_rate" for name in listed)).alias("list_rate_minor"),
        nw.coalesce(*(f"{name}_currency" for name in listed)).alias("list_currency"),
    )
    for into in ("rate", "list", "project"):
        frame = _with_fx(frame, frames["fx_rate"], f"{into}_fx", f"{into}_currency")
    missing = nw.col("rate_minor").is_null() | nw.col("rate_fx").is_null()
    return frame.with_columns(missing.alias("is_rate_missing"))


def _with_rate(frame: nw.LazyFrame, rates: nw.LazyFrame, name: str, key: tuple[str, ...]) -> nw.LazyFrame:
    """Add `{name}_rate` and `{name}_currency`: the rate that hangs on `key`, in force on the day performed."""
    keys = {"project_id": "project_key", "role_id": "role_key"}
    for column, key_column in keys.items():
        rates = rates.filter(nw.col(key_column) != "" if column in key else nw.col(key_column) == "")
    rates = rates.select(
        *(nw.col(keys[column]).alias(f"_{column}") for column in key),
        nw.col("day").alias("_day"),
        nw.col("rate_minor").alias(f"{name}_rate"),
        nw.col("currency").alias(f"{name}_currency"),
    )
    right = [*(f"_{column}" for column in key), "_day"]
    return frame.join(rates, how="left", left_on=[*key, "work_date"], right_on=right)


def _with_fx(frame: nw.LazyFrame, fx_rate: nw.LazyFrame, into: str, currency: str) -> nw.LazyFrame:
    """Add the column `into`: reporting minor units for 10^8 of `currency`, at the table of the column `month`."""
    rates = fx_rate.select(
        nw.col("month").alias("_month"), nw.col("currency").alias("_currency"), nw.col("minor_rate_e8").alias(into)
    )
    return frame.join(rates, how="left", left_on=["month", currency], right_on=["_month", "_currency"])


TIME_VALUE = Metric(
    table="time_value",
    grain=("entry_id",),
    inputs=("client_time", "rate_of_day", "fx_rate"),
    columns=COLUMNS,
    compute=time_value,
    is_step=True,
)
