"""What an hour costs on the day it was worked."""

from collections.abc import Sequence

import narwhals as nw

from tasks.metrics.in_force import in_force

# In order of precedence: a rate, and what it hangs on. A contract's rate that names a role is for that role only.
RATES = (
    ("contract_role", ("project_id", "role_id")),
    ("contract", ("project_id",)),
    ("role", ("role_id",)),
    ("standard", ("standard",)),
)


def with_cost_rate(entries: nw.LazyFrame, rate: nw.LazyFrame) -> nw.LazyFrame:
    """Fill `cost_rate_minor` and its `currency` where no rate is stamped: the project's, role's, else standard rate.

    Each is the latest in force on `work_date` that names a cost; null where there is none.
    """
    entries = entries.with_columns(nw.lit("").alias("standard"))
    unstamped = entries.filter(nw.col("cost_rate_minor").is_null())
    costed = rate.filter(~nw.col("cost_rate_minor").is_null()).with_columns(nw.lit("").alias("standard"))
    for name, key in RATES:
        entries = entries.join(_found(unstamped, costed, name, key), on=[*key, "work_date"], how="left")
    stamped = nw.when(~nw.col("cost_rate_minor").is_null()).then(nw.col("currency"))
    entries = entries.with_columns(
        nw.coalesce("cost_rate_minor", *(f"_{name}_rate" for name, _ in RATES)).alias("cost_rate_minor"),
        stamped.alias("_stamped_currency"),
    )
    entries = entries.with_columns(
        nw.coalesce("_stamped_currency", *(f"_{name}_currency" for name, _ in RATES)).alias("currency")
    )
    found = (f"_{name}_{of}" for name, _ in RATES for of in ("rate", "currency"))
    return entries.drop("standard", "_stamped_currency", *found)


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
