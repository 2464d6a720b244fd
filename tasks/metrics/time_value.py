"""What an hour is worth: each client-facing entry with the rate it is sold at and the list rate.

Rate: stamped on the entry > the contract's own > the role's > the standard one, each the latest on or before the day
performed. A stamped zero on a non-billable entry is no rate. A contract's rate that names a role is for that role only.
"""

from datetime import date

import narwhals as nw

from tasks.metrics.in_force import in_force
from tasks.metrics.metric import Frames
from tasks.metrics.money import divide_half_even

SECONDS_AN_HOUR = 3600

# In order of precedence: a rate, and what it hangs on.
RATES = (
    ("contract_role", ("project_id", "role_id")),
    ("contract", ("project_id",)),
    ("role", ("role_id",)),
    ("standard", ()),
)
LIST_RATES = ("role", "standard")


def client_entries(frames: Frames, as_of: date) -> nw.LazyFrame:
    """The entries up to `as_of` that count (not rejected, project not internal), with their project's terms."""
    project = frames["project"].filter(nw.col("contract_type") != "internal").rename({"currency": "project_currency"})
    terms = project.select(
        "project_id",
        "account_id",
        "contract_type",
        "project_currency",
        "cap_minor",
        "budget_seconds",
        "retainer_seconds",
        "has_retainer_carry",
        "retainer_window_months",
        "sow_start_date",
        "start_date",
        "closed_date",
    )
    entries = frames["time_entry"].filter(nw.col("work_date") <= nw.lit(as_of), nw.col("approval") != "rejected")
    entries = entries.drop("cost_rate_minor").join(terms, on="project_id", how="inner")
    return entries.with_columns(
        nw.col("work_date").dt.truncate("1mo").cast(nw.Date).alias("month"),
        nw.when(nw.col("seconds") < 0).then(-1).otherwise(1).cast(nw.Int64).alias("sign"),
        nw.col("seconds").abs().cast(nw.Int64).alias("magnitude"),
    )


def valued(frames: Frames, entries: nw.LazyFrame) -> nw.LazyFrame:
    """Add the rate and its exchange rates: `rate_minor` an hour in `rate_currency`, `list_rate_minor` likewise.

    `rate_fx`, `list_fx` and `project_fx` are reporting minor units for 10^8 of each currency, in the month of work.
    `is_rate_missing`: there is no rate, or no exchange rate for it.
    """
    frame = entries
    for name, key in RATES:
        frame = _with_rate(frame, entries, frames["rate"], name, key)
    stamped = ~nw.col("bill_rate_minor").is_null() & ((nw.col("bill_rate_minor") != 0) | nw.col("is_billable"))
    every, listed = [name for name, _ in RATES], LIST_RATES
    frame = frame.with_columns(
        nw.when(stamped).then(nw.col("bill_rate_minor")).alias("stamped_rate"),
        nw.when(stamped).then(nw.col("currency")).alias("stamped_currency"),
    ).with_columns(
        nw.coalesce("stamped_rate", *(f"{name}_rate" for name in every)).alias("rate_minor"),
        nw.coalesce("stamped_currency", *(f"{name}_currency" for name in every)).alias("rate_currency"),
        nw.coalesce(*(f"{name}_rate" for name in listed)).alias("list_rate_minor"),
        nw.coalesce(*(f"{name}_currency" for name in listed)).alias("list_currency"),
    )
    lookups = (f"{name}_{column}" for name in (*every, "stamped") for column in ("rate", "currency"))
    frame = frame.drop(*lookups, "bill_rate_minor", "currency", "role_id")
    for into, currency in (
        ("rate_fx", "rate_currency"),
        ("list_fx", "list_currency"),
        ("project_fx", "project_currency"),
    ):
        frame = with_fx(frame, frames["fx_rate"], into, currency)
    missing = nw.col("rate_minor").is_null() | nw.col("rate_fx").is_null()
    return frame.with_columns(missing.alias("is_rate_missing")).drop("list_currency")


def with_fx(frame: nw.LazyFrame, fx_rate: nw.LazyFrame, into: str, currency: str) -> nw.LazyFrame:
    """Add the column `into`: reporting minor units for 10^8 of `currency`, at the table of the column `month`."""
    rates = fx_rate.select(
        nw.col("month").alias("_month"), nw.col("currency").alias("_currency"), nw.col("minor_rate_e8").alias(into)
    )
    return frame.join(rates, how="left", left_on=["month", currency], right_on=["_month", "_currency"])


def with_worth(frame: nw.LazyFrame, into: str, seconds: str, rate: str) -> nw.LazyFrame:
    """Add the column `into`: `seconds` at `rate` an hour, half-even, in the rate's minor units; and a `_product`."""
    frame = frame.with_columns((nw.col(seconds) * nw.col(rate)).alias("_product"))
    return divide_half_even(frame, into, "_product", SECONDS_AN_HOUR)


def _with_rate(
    frame: nw.LazyFrame, entries: nw.LazyFrame, rate: nw.LazyFrame, name: str, key: tuple[str, ...]
) -> nw.LazyFrame:
    """Add `{name}_rate` and `{name}_currency`: the rate that hangs on `key`, in force on the day performed."""
    for column in ("project_id", "role_id"):
        rate = rate.filter(~nw.col(column).is_null() if column in key else nw.col(column).is_null())
    rate, entries, by = (
        rate.filter(~nw.col("bill_rate_minor").is_null()),
        entries.drop_nulls([*key, "work_date"]),
        list(key),
    )
    if not key:
        everyone = nw.lit(0).cast(nw.Int64).alias("everyone")
        frame, entries, rate, by = (
            frame.with_columns(everyone),
            entries.with_columns(everyone),
            rate.with_columns(everyone),
            ["everyone"],
        )
    row = nw.lit(1).cast(nw.Int64)
    rate = rate.with_columns(row.alias("row")).with_columns(
        nw.col("row").cum_sum().over(*by, order_by=["effective_date", "rate_id"]).cast(nw.Int64).alias("number")
    )
    days = entries.select(*by, nw.col("work_date").alias("day")).unique()
    found = in_force(rate.select(*by, nw.col("effective_date").alias("day"), "number"), days, by)
    found = found.join(
        rate.select(
            *by, "number", nw.col("bill_rate_minor").alias(f"{name}_rate"), nw.col("currency").alias(f"{name}_currency")
        ),
        on=[*by, "number"],
        how="inner",
    ).drop("number")
    frame = frame.join(found, how="left", left_on=[*by, "work_date"], right_on=[*by, "day"])
    return frame if key else frame.drop("everyone")
