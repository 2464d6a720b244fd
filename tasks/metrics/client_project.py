"""The projects of clients: what their time is judged by."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.distinct import distinct
from tasks.metrics.metric import Frames, Metric


def client_project(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The projects that are not internal, and whether they have any plan."""
    planned = distinct(frames["plan_task"], "project_id").with_columns(nw.col("project_id").alias("planned_id"))
    projects = frames["project"].filter(nw.col("contract_type") != "internal")
    projects = projects.join(planned, on="project_id", how="left")
    return projects.with_columns((~nw.col("planned_id").is_null()).alias("has_plan"))


CLIENT_PROJECT = Metric(
    table="client_project",
    grain=("project_id",),
    inputs=("project", "plan_task"),
    columns={
        "project_id": "the project",
        "account_id": "the customer",
        "contract_type": "how it is paid",
        "sow_start_date": "the contract's first day",
        "closed_date": "the project's last day",
        "has_plan": "it has a plan, approved or not",
    },
    compute=client_project,
    is_step=True,
)
