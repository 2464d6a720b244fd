"""The scope of an hour: was it sold? Decided before, and apart from, whether it was billed."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.client_time import client_time
from tasks.metrics.in_force import during
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.time_value import valued

OUT_OF_SCOPES = ("out_of_scope", "change_unapproved", "change_approved_fixed", "change_approved_tm")

COLUMNS = {
    "entry_id": "the time entry",
    "project_id": "the project",
    "contract_type": "how it is paid",
    "change_order_id": "the change it was done for; a reversal has its original's",
    "work_date": "the day performed",
    "month": "first day of that month",
    "basis_date": "the day that decides scope and age: the original's for a reversal",
    "seconds": "the time, negative when it reverses",
    "approval": "approved, submitted or draft; a reversal has its original's",
    "rate_minor": "the rate an hour",
    "rate_currency": "its currency",
    "list_rate_minor": "the list rate an hour: the role's, else the standard one",
    "rate_fx": "reporting minor units for 10^8 of the rate's currency, in the month of work",
    "list_fx": "likewise for the list rate's currency",
    "is_rate_missing": "there is no rate, or no exchange rate for it",
    "family_id": "the original that it reverses",
    "start_seconds": "where the stretch begins that it takes from its original",
    "reversed_seconds": "what others take from it",
    "scope": "in_scope, goodwill, contractual_non_billable, out_of_scope or what its change order makes of it",
    "scope_reason": "why it is out of scope; no_plan: there is none to compare with",
}


def time_scope(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The time that counts with its `scope` and `scope_reason`, the first match winning.

    1. done for a change order: change_approved_fixed or change_approved_tm once it is approved, else change_unapproved;
    2. no task, a task outside the plan in force on the day, work after the close or before the SOW, an archived task:
       out_of_scope;
    3. not billable: contractual_non_billable, else goodwill;
    4. in_scope.
    A project without any plan has nothing outside it; its other entries carry the reason no_plan.
    """
    frame = valued(client_time(frames, as_of), frames)
    frame = _with_change(frame, frames["change_order"], as_of)
    archived = (
        frames["task"].filter("is_archived").select(nw.col("task_id").alias("_id"), nw.col("task_id").alias("archived"))
    )
    frame = frame.join(archived, how="left", left_on="task_id", right_on="_id")
    # Last: DuckDB takes a filter to drop most rows, and would hash the entries for what is joined after it.
    frame = during(frame, frames["plan_period"], ["project_id", "task_id"], "basis_date")
    day, has_plan = nw.col("basis_date"), nw.col("has_plan")
    reason = (
        nw.when(nw.col("task_id").is_null())
        .then(nw.lit("no_task"))
        .when(has_plan & nw.col("planned_number").is_null())
        .then(nw.lit("not_in_plan"))
        .when((day > nw.col("closed_date")).fill_null(False))
        .then(nw.lit("after_close"))
        .when((day < nw.col("sow_start_date")).fill_null(False))
        .then(nw.lit("before_sow"))
        .when(~nw.col("archived").is_null())
        .then(nw.lit("archived_task"))
    )
    frame = frame.with_columns(nw.when(nw.col("change_order_id").is_null()).then(reason).alias("outside"))
    scope = (
        nw.when(~nw.col("change_order_id").is_null())
        .then(nw.col("change_scope").fill_null("change_unapproved"))
        .when(~nw.col("outside").is_null())
        .then(nw.lit("out_of_scope"))
        .when(nw.col("is_billable"))
        .then(nw.lit("in_scope"))
        .when((nw.col("non_billable_reason") == "contractual").fill_null(False))
        .then(nw.lit("contractual_non_billable"))
        .otherwise(nw.lit("goodwill"))
    )
    unplanned = nw.when(nw.col("change_order_id").is_null() & ~has_plan).then(nw.lit("no_plan"))
    return frame.with_columns(scope.alias("scope"), nw.coalesce(nw.col("outside"), unplanned).alias("scope_reason"))


def _with_change(frame: nw.LazyFrame, change_order: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Add `change_scope`, what an approved change order makes of its entries; null for unknown and undated ones."""
    agreed = change_order.filter(nw.col("status") == "approved", nw.col("approved_date") <= nw.lit(as_of))
    fixed = (nw.col("pricing") == "fixed").fill_null(False)
    agreed = agreed.select(
        nw.col("change_order_id").alias("_id"),
        nw.when(fixed)
        .then(nw.lit("change_approved_fixed"))
        .otherwise(nw.lit("change_approved_tm"))
        .alias("change_scope"),
    )
    return frame.join(agreed, how="left", left_on="change_order_id", right_on="_id")


TIME_SCOPE = Metric(
    table="time_scope",
    grain=("entry_id",),
    inputs=(
        "client_project",
        "time_entry",
        "reversal",
        "contract_rate",
        "list_rate",
        "fx_rate",
        "plan_period",
        "change_order",
        "task",
    ),
    columns=COLUMNS,
    compute=time_scope,
    is_step=True,
)
