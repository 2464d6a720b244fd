"""The scope of an hour: was it sold? Decided before, and apart from, whether it was billed."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import time_value
from tasks.metrics.in_force import in_force
from tasks.metrics.metric import Frames, Metric

OUT_OF_SCOPES = ("out_of_scope", "change_unapproved", "change_approved_fixed", "change_approved_tm")


_USED_UP = ("task_id", "is_billable", "non_billable_reason", "closed_date")

COLUMNS = {
    **{name: meaning for name, meaning in time_value.COLUMNS.items() if name not in _USED_UP},
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
    frame = _with_change(_with_plan(frames["time_value"], frames["plan_task"]), frames["change_order"], as_of)
    archived = (
        frames["task"].filter("is_archived").select(nw.col("task_id").alias("_id"), nw.col("task_id").alias("archived"))
    )
    frame = frame.join(archived, how="left", left_on="task_id", right_on="_id")
    day, has_plan = nw.col("basis_date"), ~nw.col("plan_number").is_null()
    reason = (
        nw.when(nw.col("task_id").is_null())
        .then(nw.lit("no_task"))
        .when(has_plan & nw.col("planned").is_null())
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


def _with_plan(frame: nw.LazyFrame, plan: nw.LazyFrame) -> nw.LazyFrame:
    """Add `plan_number`, the plan in force on the day (null without any), and `planned`: that plan has the task."""
    versions = plan.group_by("project_id", "plan_number").agg(nw.col("approved_date").min().alias("day"))
    first = plan.group_by("project_id").agg(nw.col("plan_number").min().alias("first_number"))
    days = frame.select("project_id", nw.col("basis_date").alias("day")).unique()
    found = in_force(versions.rename({"plan_number": "number"}), days, ["project_id"])
    found = found.join(first, on="project_id", how="inner")
    number = nw.when(nw.col("number") > 0).then(nw.col("number")).otherwise(nw.col("first_number"))
    found = found.select("project_id", "day", number.alias("plan_number"))
    frame = frame.join(found, how="left", left_on=["project_id", "basis_date"], right_on=["project_id", "day"])
    tasks = plan.select("project_id", "plan_number", nw.col("task_id").alias("_id"), "task_id").unique()
    tasks = tasks.rename({"task_id": "planned"})
    keys = ["project_id", "plan_number"]
    return frame.join(tasks, how="left", left_on=[*keys, "task_id"], right_on=[*keys, "_id"])


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
    inputs=("time_value", "plan_task", "change_order", "task"),
    columns=COLUMNS,
    compute=time_scope,
    is_step=True,
)
