"""What an hour costs on the day it was worked."""

from collections.abc import Sequence
from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.in_force import in_force
from tasks.metrics.metric import Frames, Metric

# In order of precedence: a rate, and what it hangs on. A contract's rate that names a role is for that role only.
RATES = (
    ("contract_role", ("project_id", "role_id")),
    ("contract", ("project_id",)),
    ("role", ("role_id",)),
    ("standard", ("standard",)),
)


def cost_rate(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Find the cost rate of each entry without a stamped one: the project's, role's, else the standard rate.

    Each is the latest in force on `work_date` that names a cost; null where there is none.
    """
    entries = frames["time_entry"].filter(nw.col("cost_rate_minor").is_null() & (nw.col("work_date") <= as_of))
    entries = entries.select("entry_id", "project_id", "role_id", "work_date", nw.lit("").alias("standard"))
    costed = frames["rate"].filter(~nw.col("cost_rate_minor").is_null()).with_columns(nw.lit("").alias("standard"))
    found = entries
    for name, key in RATES:
        found = found.join(_found(entries, costed, name, key), on=[*key, "work_date"], how="left")
    return found.with_columns(
        nw.coalesce(*(f"_{name}_rate" for name, _ in RATES)).alias("cost_rate_minor"),
        nw.coalesce(*(f"_{name}_currency" for name, _ in RATES)).alias("currency"),
    )


def _found(entries: nw.LazyFrame, rate: nw.LazyFrame, name: str, key: Sequence[str]) -> nw.LazyFrame:
    named = [~nw.col(column).is_null() for column in key]
    unnamed = [nw.col(column).is_null() for column in ("project_id", "role_id") if column not in key]
    card = rate.filter(*named, *unnamed).with_columns(nw.lit(1).alias("number"))
    card = card.with_columns(
        nw.col("number").cum_sum().over(*key, order_by=["effective_date", "rate_id"]).cast(nw.Int64).alias("number")
    )
    asked = entries.filter(*named).select(*key, nw.col("work_date").alias("day")).unique()
    found = in_force(card.select(*key, nw.col("effective_date").alias("day"), "number"), asked, key)
    values = card.select(
        *key, "number", nw.col("cost_rate_minor").alias(f"_{name}_rate"), nw.col("currency").alias(f"_{name}_currency")
    )
    found = found.join(values, on=[*key, "number"], how="inner").drop("number")
    return found.rename({"day": "work_date"})


COST_RATE = Metric(
    table="cost_rate",
    grain=("entry_id",),
    inputs=("time_entry", "rate"),
    columns={
        "entry_id": "the entry, one without a stamped rate",
        "cost_rate_minor": "what an hour of it costs; null where no rate is in force",
        "currency": "the rate's currency",
    },
    compute=cost_rate,
    is_step=True,
)
