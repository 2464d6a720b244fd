"""What the work on a task has cost so far."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import divide_half_even, in_reporting
from tasks.metrics.planned_work import project_units


def actual_cost(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Sum AC by task of the planned projects, off-plan tasks and time without a task included.

    Every entry that is not rejected and was worked by `as_of` counts, billable or not. Each is rounded alone,
    then converted at the fx table of the original plan's month (constant currency per project). In hours, `ac` is
    seconds. At cost, `ac` is null where some of the time has no cost; `uncosted_seconds` says how much.
    """
    entries = frames["time_entry"].filter((nw.col("approval") != "rejected") & (nw.col("work_date") <= as_of))
    entries = entries.join(project_units(frames["planned_work"]), on="project_id", how="inner")
    found = frames["cost_rate"].select(
        "entry_id", nw.col("cost_rate_minor").alias("_found"), nw.col("currency").alias("_currency")
    )
    entries = entries.join(found, on="entry_id", how="left")
    rate = nw.coalesce("cost_rate_minor", "_found")
    currency = nw.when(nw.col("cost_rate_minor").is_null()).then(nw.col("_currency")).otherwise(nw.col("currency"))
    entries = entries.select(
        "project_id",
        "work_date",
        "seconds",
        "unit",
        "original_approved_date",
        currency.alias("currency"),
        nw.col("task_id").fill_null("").alias("task_id"),
        (nw.col("seconds") * rate).alias("_rated"),
    )
    entries = divide_half_even(entries, "_cost", "_rated", 3600)
    entries = in_reporting(entries, frames["fx_rate"], "_reporting", "_cost", "currency", "original_approved_date")
    at_cost = nw.col("unit") == "cost"
    entries = entries.with_columns(
        nw.when(at_cost).then(nw.col("_reporting")).otherwise(nw.col("seconds")).alias("ac"),
        nw.when(at_cost & nw.col("_reporting").is_null())
        .then(nw.col("seconds"))
        .otherwise(0)
        .alias("uncosted_seconds"),
    )
    return known_sums(entries, ["project_id", "task_id"], ["ac", "uncosted_seconds"], ["unit"])


ACTUAL_COST = Metric(
    table="actual_cost",
    grain=("project_id", "task_id"),
    inputs=("time_entry", "fx_rate", "cost_rate", "planned_work"),
    columns={
        "project_id": "the project",
        "task_id": "the task; '' for time without a task",
        "unit": "cost or hours: what the project is measured in",
        "ac": "actual cost, in reporting minor units or in seconds; null where some of it has no cost",
        "uncosted_seconds": "time without any cost rate, in a project measured at cost",
    },
    compute=actual_cost,
    is_step=True,
)
