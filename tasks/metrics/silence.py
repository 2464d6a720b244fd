"""How long a customer has been silent, and whether that can be told at all."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames
from tasks.metrics.missing_input import with_missing_input
from tasks.metrics.working_days import numbered


def with_silence(rows: nw.LazyFrame, frames: Frames, policy: Policy, as_of: date, *days: str) -> nw.LazyFrame:
    """Add `quiet_days` since the latest of `days`, `usage_date` (the newest of the feed), `state`, `missing_input`.

    The state is unknown without the input, stale where the newest usage is older than the policy allows, else quiet or
    active. Days may be null, but not all of a row; `quiet_days` are null only where usage was never read.
    """
    since = nw.col(days[0])
    for day in days[1:]:
        since = nw.when(nw.col(day) > since).then(nw.col(day)).otherwise(since)
    counted = frames["usage_day"].filter(nw.col("usage_date") <= nw.lit(as_of))
    rows = rows.join(counted.select(nw.col("usage_date").max().alias("usage_date")), how="cross")
    rows = rows.with_columns(since.alias("_since"), nw.lit(as_of).alias("_as_of"))
    rows = numbered(rows, frames["work_calendar"], "_since", "_as_of", "usage_date")
    rows = with_missing_input(rows, frames["feed"], "usage_day")
    rows = rows.with_columns(
        (nw.col("_as_of_number") - nw.col("_since_number") + nw.col("known_zero")).alias("quiet_days"),
        (nw.col("_as_of_number") - nw.col("usage_date_number")).alias("_age"),
    )
    return rows.with_columns(
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when((nw.col("_age") > policy.handoff.usage_stale_days).fill_null(True))
        .then(nw.lit("stale"))
        .when(nw.col("quiet_days") >= policy.handoff.quiet_days)
        .then(nw.lit("quiet"))
        .otherwise(nw.lit("active"))
        .alias("state")
    )
