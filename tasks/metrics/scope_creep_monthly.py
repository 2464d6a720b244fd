"""Unbilled scope creep of the whole company, per month of work."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.leakage_sums import HEADLINES, SUMS, summed
from tasks.metrics.metric import Frames, Metric

COLUMNS = {
    "month": "first day of the month of work; change orders and milestones stand in the month accepted",
    **SUMS,
    **HEADLINES,
    "creeping_projects_count": "projects with unbilled scope creep in work of that month",
}


def scope_creep_monthly(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """What leaks of each month's work, as known on the day: the sums of scope_creep_entry's rows.

    A month's numbers change while its work is approved, invoiced or ages. The capture rate of a month is the part of
    its approved out-of-scope work that has been billed by now, or is covered by a fixed change.
    """
    parts = frames["scope_creep_entry"]
    projects = summed(parts, "month", "project_id").with_columns(
        nw.when(nw.col("unbilled_scope_creep_minor") > 0)
        .then(1)
        .otherwise(0)
        .cast(nw.Int64)
        .alias("creeping_projects_count")
    )
    counts = projects.group_by("month").agg(nw.col("creeping_projects_count").sum())
    months = summed(parts, "month").join(counts, on="month", how="inner")
    return months.with_columns(nw.col("creeping_projects_count").cast(nw.Int64))


SCOPE_CREEP_MONTHLY = Metric(
    table="scope_creep_monthly",
    grain=("month",),
    inputs=("scope_creep_entry",),
    columns=COLUMNS,
    compute=scope_creep_monthly,
)
