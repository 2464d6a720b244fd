"""Unbilled scope creep per project, with capture rate and realization."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.leakage_sums import HEADLINES, SUMS, percent, summed
from tasks.metrics.metric import Frames, Metric

COLUMNS = {
    "project_id": "the project",
    "account_id": "the customer",
    "contract_type": "how it is paid",
    **SUMS,
    **HEADLINES,
    "invoiced_minor": "posted invoice lines of every kind, at the table of the month posted",
    "is_billing_allocated": "true: invoices do not say which time they bill, the oldest was taken as billed first",
    "is_time_allocated": "true: some of its hours came by the week only and were spread over its days",
    "standard_minor": "approved time that could be invoiced by now, at list rates",
    "realization_pct": "invoiced in percent of standard; null when such time has no list rate",
}
# Time that cannot have been invoiced yet, or need not be: no part of realization.
NOT_REALIZABLE = ("AT_RISK_UNAPPROVED", "WIP", "NOT_YET_DUE")


def scope_creep_project(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """What leaks on each client project, to date: the sums of its rows in scope_creep_entry.

    Unbilled scope creep is L1 + L2 + L3 + L4, `creep_pct` its share of the value of all time. The capture rate is the
    part of approved out-of-scope work that was billed, or is covered by a fixed change. Realization (billing
    realization) is what was invoiced, in any way, over the list value of the approved time that could be invoiced by
    now. Hours without a rate are counted, never valued. Where invoices do not say which time they bill, the oldest
    approved billable time of the project counts as billed first (`is_billing_allocated`); hours that come by the week
    only are spread over its days (`is_time_allocated`).
    """
    parts = frames["scope_creep_entry"]
    sums = summed(parts, "project_id").join(_standard(parts), on="project_id", how="left")
    sums = sums.join(_invoiced(frames["posted_line"]), on="project_id", how="left")
    sums = sums.join(
        frames["project"].select("project_id", "account_id", "contract_type"), on="project_id", how="inner"
    )
    sums = sums.with_columns(nw.col("invoiced_minor", "standard_minor").fill_null(0).cast(nw.Int64))
    sums = sums.join(_spread(frames["time_entry"]), on="project_id", how="left")
    sums = sums.with_columns(nw.col("is_billing_allocated", "is_time_allocated").fill_null(False))
    known = (nw.col("unlisted") == 0) & nw.col("is_converted").fill_null(True)
    realization = nw.when(known).then(percent("invoiced_minor", "standard_minor"))
    return sums.with_columns(realization.alias("realization_pct"))


def _standard(parts: nw.LazyFrame) -> nw.LazyFrame:
    """Per project the list value of realizable time, and how many of its parts have no list rate."""
    counts, value = ~nw.col("leakage_class").is_in(NOT_REALIZABLE), nw.col("standard_minor")
    unlisted = counts & value.is_null() & (nw.col("seconds") != 0)
    rows = parts.select(
        "project_id",
        nw.when(counts).then(value).otherwise(0).fill_null(0).cast(nw.Int64).alias("standard_minor"),
        as_count(unlisted).alias("unlisted"),
    )
    return rows.group_by("project_id").agg(nw.col("standard_minor").sum(), nw.col("unlisted").sum())


def _invoiced(lines: nw.LazyFrame) -> nw.LazyFrame:
    """Per project what was invoiced, whether all of it could be converted, and whether any was allocated to time."""
    lines = lines.filter(~nw.col("project_id").is_null()).select(
        "project_id",
        nw.col("reporting_minor").alias("invoiced_minor"),
        (~nw.col("reporting_minor").is_null()).alias("is_converted"),
        nw.col("is_allocated").fill_null(False).alias("is_billing_allocated"),
    )
    return lines.group_by("project_id").agg(
        nw.col("invoiced_minor").sum(), nw.col("is_converted").min(), nw.col("is_billing_allocated").max()
    )


def _spread(entries: nw.LazyFrame) -> nw.LazyFrame:
    """Per project whether any hours were spread over the days of a week."""
    rows = entries.select("project_id", nw.col("is_allocated").fill_null(False).alias("is_time_allocated"))
    return rows.group_by("project_id").agg(nw.col("is_time_allocated").max())


SCOPE_CREEP_PROJECT = Metric(
    table="scope_creep_project",
    grain=("project_id",),
    inputs=("scope_creep_entry", "project", "posted_line", "time_entry"),
    columns=COLUMNS,
    compute=scope_creep_project,
    keep="month_ends",
)
