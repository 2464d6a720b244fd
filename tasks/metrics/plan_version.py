"""Which version of a project's plan is in force, and whether slips against it mean anything."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.working_days import located


def plan_version(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Find the version in force and the original one of each project's plan, a row each, or one when they are the same.

    In force is the greatest number approved by `as_of`, the original before the first approval. A plan first seen
    later than the policy's limit after its own first start is not reliable: what slipped before was never known.
    """
    versions = (
        frames["plan_task"]
        .group_by("project_id", "plan_number")
        .agg(nw.col("approved_date").min(), nw.col("origin").max(), nw.col("start_date").min())
    )
    versions = versions.with_columns(nw.col("plan_number").min().over("project_id").alias("_original"))
    versions = versions.with_columns((nw.col("plan_number") == nw.col("_original")).alias("is_original"))
    versions = versions.with_columns(
        nw.when((nw.col("approved_date") <= as_of) | nw.col("is_original")).then(nw.col("plan_number")).alias("_known"),
        nw.when(nw.col("is_original")).then(nw.col("approved_date")).alias("_first_approved"),
    )
    versions = versions.with_columns(
        (nw.col("plan_number") == nw.col("_known").max().over("project_id")).alias("is_current"),
        nw.col("_first_approved").min().over("project_id").alias("original_approved_date"),
    )
    versions = located(
        versions.filter(nw.col("is_current") | nw.col("is_original")),
        frames["work_calendar"],
        "start_date",
        "approved_date",
    )
    limit = policy.schedule.first_seen_limit_working_days
    late = nw.col("approved_date_closes") - nw.col("start_date_closes") > limit
    return versions.with_columns((~((nw.col("origin") == "first_seen") & late)).alias("is_reliable"))


PLAN_VERSION = Metric(
    table="plan_version",
    grain=("project_id", "plan_number"),
    inputs=("plan_task", "work_calendar"),
    columns={
        "project_id": "the project",
        "plan_number": "the version of its plan",
        "origin": "where it comes from: vendor, kickoff or first_seen",
        "original_approved_date": "when the original plan was approved",
        "is_current": "it is in force",
        "is_original": "it is the first",
        "is_reliable": "false when it was first seen too late after its start to judge by",
    },
    compute=plan_version,
    is_step=True,
)
