"""When each client's project went live, and when it closed: the one place that says so."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.wording import plain


def go_live(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The day by which all go-live milestones of a project were reached, else the day it closed; null until then.

    A go-live milestone is one with a name of the policy's, spaces, case and punctuation aside. Internal projects have
    none.
    """
    today = nw.lit(as_of)
    projects = frames["project"].filter(nw.col("contract_type") != "internal")
    projects = projects.with_columns(
        nw.when(nw.col("closed_date") <= today).then(nw.col("closed_date")).alias("_closed")
    )
    milestones = frames["task"].filter(nw.col("task_type") == "milestone", ~nw.col("is_archived"))
    milestones = milestones.with_columns(plain("name").alias("_name"))
    milestones = milestones.filter(nw.col("_name").is_in(policy.handoff.go_live_milestones))
    reached = nw.when(nw.col("actual_finish_date") <= today).then(nw.col("actual_finish_date"))
    milestones = milestones.select("project_id", reached.alias("_reached"))
    milestones = milestones.with_columns(as_count(nw.col("_reached").is_null()).alias("_open"))
    lives = milestones.group_by("project_id").agg(nw.col("_reached").max(), nw.col("_open").sum())
    projects = projects.join(lives, on="project_id", how="left")
    return projects.with_columns(
        nw.when(nw.col("_open") == 0).then(nw.col("_reached")).otherwise(nw.col("_closed")).alias("go_live_date"),
        nw.col("_closed").alias("closed_date"),
    )


GO_LIVE = Metric(
    table="go_live",
    grain=("project_id",),
    inputs=("project", "task"),
    columns={
        "project_id": "the project",
        "account_id": "the customer",
        "opportunity_id": "the deal it delivers",
        "start_date": "its planned start",
        "go_live_date": "the day its last go-live milestone was reached, else the day it closed; null until then",
        "closed_date": "the day it closed; null until then",
    },
    compute=go_live,
    is_step=True,
)
