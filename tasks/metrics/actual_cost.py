"""What the work on a task has cost so far."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import divide_half_even, in_reporting
from tasks.metrics.planned_work import project_units
from tasks.metrics.rate_of_day import with_rates


def actual_cost(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Sum AC by task of the planned projects, off-plan tasks and time without a task included.

    Every entry that is not rejected and was worked by `as_of` counts, billable or not. Each is rounded alone,
    then converted at the fx table of the original plan's month (constant currency per project). In hours, `ac` is
    seconds. At cost, `ac` is null where some of the time has no cost; `uncosted_seconds` says how much.
    """
    entries = frames["time_entry"].filter((nw.col("approval") != "rejected") & (nw.col("work_date") <= as_of))
    columns = ("project_id", "task_id", "seconds")
    is_stamped = ~nw.col("cost_rate_minor").is_null()
    stamped = entries.filter(is_stamped).select(*columns, nw.col("cost_rate_minor").alias("rate"), "currency")
    found = with_rates(entries.filter(~is_stamped), frames, "cost").select(
        *columns,
        nw.coalesce("contract_rate", "list_rate").alias("rate"),
        nw.coalesce("contract_currency", "list_currency").alias("currency"),
    )
    entries = nw.concat([stamped, found]).join(project_units(frames["planned_work"]), on="project_id", how="inner")
    entries = entries.with_columns(
        nw.col("task_id").fill_null("").alias("task_id"), (nw.col("seconds") * nw.col("rate")).alias("_rated")
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
    return known_sums(entries, ["project_id", "task_id", "unit"], ["ac", "uncosted_seconds"])


ACTUAL_COST = Metric(
    table="actual_cost",
    grain=("project_id", "task_id"),
    inputs=("time_entry", "fx_rate", "contract_rate", "list_rate", "planned_work"),
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
