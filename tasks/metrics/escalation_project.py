"""S15: the escalations of each client's project, and those that were open when it closed."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.account_holder import held
from tasks.metrics.as_count import as_count
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input

COUNTS = ("new_count", "open_count", "at_closeout_count", "still_open_count")


def escalation_project(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Count the escalations that a client made while its project ran: new ones, open ones, and those open at closeout.

    Made from the project's planned start to its close, or to the day while it runs. A ticket names a customer and no
    project: two projects of one customer at one time both count it, so projects do not sum to anything. At closeout:
    not solved on the day the project closed; `still_open_count` of them are not solved today. Internal projects have
    none. Nothing is known, and null, where tickets were never read.
    """
    projects = frames["go_live"].select("project_id", "account_id", "start_date", "closed_date")
    projects = held(projects, frames["account"], as_of)
    escalations = frames["escalation_ticket"].filter(~nw.col("account_id").is_null())
    escalations = escalations.select(
        "account_id", "escalated_date", "is_new", "is_open", nw.col("closed_date").alias("solved_date")
    )
    made = projects.join(escalations, on="account_id", how="inner")
    last = nw.when(~nw.col("closed_date").is_null()).then(nw.col("closed_date")).otherwise(nw.lit(as_of))
    made = made.filter(nw.col("start_date") <= nw.col("escalated_date"), nw.col("escalated_date") <= last)
    # A project that runs on has no closeout: its comparison is null, and counts nothing.
    was_open = (nw.col("solved_date") > nw.col("closed_date")) | (
        nw.col("solved_date").is_null() & ~nw.col("closed_date").is_null()
    )
    counted = {
        "new_count": nw.col("is_new"),
        "open_count": nw.col("is_open"),
        "at_closeout_count": was_open.fill_null(False),
        "still_open_count": nw.col("is_open") & ~nw.col("closed_date").is_null(),
    }
    made = made.select(
        "project_id",
        *(as_count(is_so).alias(name) for name, is_so in counted.items()),
    )
    made = made.group_by("project_id").agg(nw.col(name).sum() for name in COUNTS)
    rows = with_missing_input(projects.join(made, on="project_id", how="left"), frames["feed"], "ticket")
    return rows.with_columns(
        (nw.col("known_zero") + nw.col(name).fill_null(0)).cast(nw.Int64).alias(name) for name in COUNTS
    )


ESCALATION_PROJECT = Metric(
    table="escalation_project",
    grain=("project_id",),
    inputs=("go_live", "account", "escalation_ticket", "feed"),
    columns={
        "project_id": "the project",
        "account_id": "the customer; null when no account matches",
        "start_date": "its planned start",
        "closed_date": "the day it closed; null until then",
        "new_count": "escalations of the last `escalation_days`, made while it ran",
        "open_count": "escalations made while it ran that are not solved",
        "at_closeout_count": "escalations that were open on the day it closed",
        "still_open_count": "of those, not solved today",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=escalation_project,
    keep="month_ends",
)
