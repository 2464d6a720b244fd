"""What the work on a task has cost so far."""

from datetime import date

import narwhals as nw

from tasks.metrics.cost_rate import with_cost_rate
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames
from tasks.metrics.money import divide_half_even, in_reporting


def actual_cost(frames: Frames, units: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Sum AC by task of the projects in `units`: project_id, task_id ('' without a task), unit, ac, uncosted_seconds.

    Every entry that is not rejected and was worked by `as_of` counts, billable or not. Each is rounded alone,
    then converted at the fx table of the original plan's month (constant currency per project). In hours, `ac` is
    seconds. At cost, `ac` is null where some of the time has no cost; `uncosted_seconds` says how much.
    """
    entries = frames["time_entry"].filter((nw.col("approval") != "rejected") & (nw.col("work_date") <= as_of))
    entries = with_cost_rate(entries, frames["rate"]).with_columns(
        nw.col("task_id").fill_null("").alias("task_id"),
        (nw.col("seconds") * nw.col("cost_rate_minor")).alias("_rated"),
    )
    # Joined only now: every step above is planned again for each part of a query it takes part in.
    entries = divide_half_even(entries, "_cost", "_rated", 3600).join(units, on="project_id", how="inner")
    entries = in_reporting(entries, frames["fx_rate"], "_reporting", "_cost", "currency", "original_approved_date")
    at_cost = nw.col("unit") == "cost"
    entries = entries.with_columns(
        nw.when(at_cost).then(nw.col("_reporting")).otherwise(nw.col("seconds")).alias("ac"),
        nw.when(at_cost & nw.col("_reporting").is_null()).then(nw.col("seconds")).otherwise(0)
        .alias("uncosted_seconds"),
    )
    return known_sums(entries, ["project_id", "task_id"], ["ac", "uncosted_seconds"], ["unit"])
