"""The rates of a day: what the house charges for each role and what it costs, and what a contract says instead."""

from collections.abc import Sequence
from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.distinct import distinct
from tasks.metrics.in_force import during, periods
from tasks.metrics.metric import Frames, Metric

SIDES = ("bill", "cost")
Level = tuple[nw.LazyFrame, Sequence[str]]  # rates, and what they hang on

RATES = {
    "bill_rate_minor": "what an hour is sold for",
    "bill_currency": "its currency",
    "cost_rate_minor": "what an hour costs",
    "cost_currency": "its currency",
}


def list_rate(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The role's, else the standard rate on each day worked up to the day: the latest in force that names one."""
    rate = frames["rate"].filter(nw.col("project_id").is_null()).with_columns(nw.lit("").alias("house"))
    days = distinct(_worked(frames, as_of), "role_key", "day").with_columns(nw.lit("").alias("house"))
    return _found(days, rate, ("role_key",), ("house",))


def contract_rate(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The contract's rate for the role, else its rate for all, on each day with time that has no rate of its own.

    A contract's rate that names a role is for that role only.
    """
    rate = frames["rate"].filter(~nw.col("project_id").is_null())
    bill = nw.col("bill_rate_minor")
    time = _worked(frames, as_of).filter(bill.is_null() | (bill == 0) | nw.col("cost_rate_minor").is_null())
    time = time.join(distinct(rate, "project_id"), on="project_id", how="inner")
    return _found(distinct(time, "project_id", "role_key", "day"), rate, ("project_id", "role_key"), ("project_id",))


def with_rates(frame: nw.LazyFrame, frames: Frames, side: str) -> nw.LazyFrame:
    """Add `contract_rate`, `list_rate` and their currencies, `contract_currency` and `list_currency`."""
    frame = frame.with_columns(nw.col("role_id").fill_null("").alias("role_key"))
    for name, key in (("contract", ("project_id", "role_key")), ("list", ("role_key",))):
        rates = frames[f"{name}_rate"].select(
            *(nw.col(column).alias(f"_{column}") for column in (*key, "day")),
            nw.col(f"{side}_rate_minor").alias(f"{name}_rate"),
            nw.col(f"{side}_currency").alias(f"{name}_currency"),
        )
        right = [f"_{column}" for column in (*key, "day")]
        frame = frame.join(rates, how="left", left_on=[*key, "work_date"], right_on=right)
    return frame


def _worked(frames: Frames, as_of: date) -> nw.LazyFrame:
    """The time up to the day; who worked without a role has the role ''."""
    entries = frames["time_entry"].filter(nw.col("work_date") <= nw.lit(as_of))
    return entries.select(
        "project_id",
        "bill_rate_minor",
        "cost_rate_minor",
        nw.col("role_id").fill_null("").alias("role_key"),
        nw.col("work_date").alias("day"),
    )


def _found(days: nw.LazyFrame, rate: nw.LazyFrame, of_role: Sequence[str], of_all: Sequence[str]) -> nw.LazyFrame:
    """Add the rates in force on each day: the one that hangs on the role, else the one for all roles."""
    for_role = rate.filter(~nw.col("role_id").is_null()).rename({"role_id": "role_key"})
    levels: tuple[Level, Level] = (for_role, of_role), (rate.filter(nw.col("role_id").is_null()), of_all)
    for side in SIDES:
        for number, (level, key) in enumerate(levels):
            named = level.filter(~nw.col(f"{side}_rate_minor").is_null()).select(
                *key,
                "rate_id",
                nw.col("effective_date").alias("day"),
                nw.col(f"{side}_rate_minor").alias(f"_rate_{number}"),
                nw.col("currency").alias(f"_currency_{number}"),
            )
            held = periods(named, key, [f"_rate_{number}", f"_currency_{number}"], ["day", "rate_id"])
            days = during(days, held, key, "day")
        days = days.with_columns(
            nw.coalesce("_rate_0", "_rate_1").alias(f"{side}_rate_minor"),
            nw.coalesce("_currency_0", "_currency_1").alias(f"{side}_currency"),
        ).drop("_rate_0", "_rate_1", "_currency_0", "_currency_1")
    return days


LIST_RATE = Metric(
    table="list_rate",
    grain=("role_key", "day"),
    inputs=("time_entry", "rate"),
    columns={"role_key": "the role, empty for none", "day": "a day worked", **RATES},
    compute=list_rate,
    is_step=True,
)
CONTRACT_RATE = Metric(
    table="contract_rate",
    grain=("project_id", "role_key", "day"),
    inputs=("time_entry", "rate"),
    columns={
        "project_id": "the project",
        "role_key": "the role, empty for none",
        "day": "a day with time that has no rate of its own",
        **RATES,
    },
    compute=contract_rate,
    is_step=True,
)
