"""S11: whether the customer of each finished project was asked at the moment of completion."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input
from tasks.metrics.working_days import numbered


def closeout_survey_project(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Find the closeout survey of each client project that is closed, and how many days after the close it was sent.

    In time: sent at most `survey_days` after the close; one sent at most as many days before is that survey too. Late:
    sent later. Due: not sent, and there is still time. Missing: not sent in time, nor since.
    """
    window = policy.handoff.survey_days
    projects = frames["go_live"].filter(~nw.col("closed_date").is_null())
    projects = projects.select("project_id", "account_id", "closed_date").with_columns(nw.lit(as_of).alias("_as_of"))
    projects = numbered(projects, frames["work_calendar"], "closed_date", "_as_of")
    sent = frames["survey"].filter(nw.col("occasion") == "closeout", nw.col("sent_date") <= nw.lit(as_of))
    sent = numbered(sent, frames["work_calendar"], "sent_date").select("project_id", "sent_date", "sent_date_number")
    sent = sent.join(projects.select("project_id", "closed_date_number"), on="project_id", how="inner")
    sent = sent.filter(nw.col("sent_date_number") >= nw.col("closed_date_number") - window)
    first = sent.group_by("project_id").agg(nw.col("sent_date").min(), nw.col("sent_date_number").min())
    projects = projects.join(first, on="project_id", how="left")
    projects = with_missing_input(projects, frames["feed"], "survey")
    projects = projects.with_columns(
        (nw.col("sent_date_number") - nw.col("closed_date_number")).alias("sent_after_days"),
        (nw.col("_as_of_number") - nw.col("closed_date_number")).alias("closed_since_days"),
    )
    return projects.with_columns(
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(nw.col("sent_after_days") <= window)
        .then(nw.lit("in_time"))
        .when(~nw.col("sent_date").is_null())
        .then(nw.lit("late"))
        .when(nw.col("closed_since_days") <= window)
        .then(nw.lit("due"))
        .otherwise(nw.lit("missing"))
        .alias("state")
    )


CLOSEOUT_SURVEY_PROJECT = Metric(
    table="closeout_survey_project",
    grain=("project_id",),
    inputs=("go_live", "survey", "work_calendar", "feed"),
    columns={
        "project_id": "the project",
        "account_id": "the customer",
        "closed_date": "the day it closed",
        "closed_since_days": "days since then",
        "sent_date": "the day its first closeout survey was sent",
        "sent_after_days": "days from the close to that; negative when before",
        "state": "in_time, late, due (there is still time), missing, or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=closeout_survey_project,
    keep="month_ends",
)
