"""Negative entries follow the class of the entry they reverse.

A reversal takes the end of the original first: of 16 hours, 10 covered and 6 beyond the budget, the first 4 reversed
are beyond the budget. What is reversed no longer uses up an allowance.
"""

import narwhals as nw

# What decides the scope: a reversal has its original's.
DECIDING = ("task_id", "change_order_id", "is_billable", "non_billable_reason", "approval")


def followed(frame: nw.LazyFrame, entries: nw.LazyFrame) -> nw.LazyFrame:
    """Give each reversal what decides its original's scope; a negative entry without one stands for itself.

    Adds `is_reversal`, `family_id` (the original of a reversal, else the entry itself), `basis_date` (the original's day),
    `end_seconds` and `start_seconds` (the stretch of the original that it reverses), `reversed_seconds` (on originals).
    """
    reversals = _reversals(entries)
    taken = reversals.group_by("family_id").agg(nw.col("magnitude").sum().alias("reversed_seconds"))
    frame = frame.join(reversals.drop("magnitude").rename({"entry_id": "_entry_id"}), how="left", left_on="entry_id", right_on="_entry_id")
    frame = frame.join(taken.rename({"family_id": "_family_id"}), how="left", left_on="entry_id", right_on="_family_id")
    is_reversal = ~nw.col("family_id").is_null()
    frame = frame.with_columns(is_reversal.alias("is_reversal"))
    frame = frame.with_columns(
        nw.when("is_reversal").then(nw.col(f"original_{name}")).otherwise(nw.col(name)).alias(name) for name in DECIDING
    )
    frame = frame.with_columns(
        nw.coalesce("family_id", "entry_id").alias("family_id"),
        nw.coalesce("original_date", "work_date").alias("basis_date"),
        nw.col("reversed_seconds").fill_null(0).cast(nw.Int64).alias("reversed_seconds"),
    )
    return frame.drop(*(f"original_{name}" for name in DECIDING), "original_date", "original_seconds", "reverses_id")


def _reversals(entries: nw.LazyFrame) -> nw.LazyFrame:
    """Approved negative entries whose original counts too, with what decides it and the stretch they take."""
    originals = entries.filter(nw.col("seconds") > 0).select(
        nw.col("entry_id").alias("_id"), nw.col("project_id").alias("_project_id"),
        nw.col("work_date").alias("original_date"), nw.col("seconds").alias("original_seconds"),
        *(nw.col(name).alias(f"original_{name}") for name in DECIDING),
    )
    negative = entries.filter(nw.col("seconds") < 0, nw.col("approval") == "approved", ~nw.col("reverses_id").is_null())
    negative = negative.select("entry_id", "project_id", "work_date", "magnitude", nw.col("reverses_id").alias("family_id"))
    found = negative.join(originals, how="inner", left_on=["family_id", "project_id"], right_on=["_id", "_project_id"])
    found = found.with_columns(
        nw.col("magnitude").cum_sum().over("family_id", order_by=["work_date", "entry_id"]).cast(nw.Int64).alias("so_far")
    ).with_columns(
        (nw.col("original_seconds") - nw.col("so_far")).alias("start_seconds"),
        (nw.col("original_seconds") - nw.col("so_far") + nw.col("magnitude")).alias("end_seconds"),
    )
    return found.drop("project_id", "work_date", "so_far")
