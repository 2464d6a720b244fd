"""S05: whether the operators of each project were trained before it was signed off."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input
from tasks.metrics.ratios import ratio

COUNTS = ("required_count", "trained_count", "trained_in_time_count")


def training_readiness_project(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Count the operators that each client project must train, those trained, and those trained by its sign-off.

    The sign-off is the day the project closed; until then the day measured. Ready: all were trained in time. Open: the
    project is not closed and somebody is still to be trained. Untrained: it was closed before all were. None: nobody is
    named who must be trained, which is no readiness either. Trainings that are not required do not count.
    """
    signed = nw.when(nw.col("closed_date") <= nw.lit(as_of)).then(nw.col("closed_date"))
    projects = (
        frames["project"].filter(nw.col("contract_type") != "internal").select("project_id", "account_id", signed)
    )
    projects = projects.rename({"closed_date": "sign_off_date"})
    people = frames["training"].filter(nw.col("is_required")).join(projects, on="project_id", how="inner")
    done = nw.col("completed_date")
    in_time = (done <= nw.lit(as_of)) & ((done <= nw.col("sign_off_date")) | nw.col("sign_off_date").is_null())
    people = people.select(
        "project_id",
        nw.lit(1).cast(nw.Int64).alias("required_count"),
        as_count(done <= nw.lit(as_of)).alias("trained_count"),
        as_count(in_time).alias("trained_in_time_count"),
    )
    people = people.group_by("project_id").agg(nw.col(name).sum() for name in COUNTS)
    projects = with_missing_input(projects.join(people, on="project_id", how="left"), frames["feed"], "training")
    projects = projects.with_columns(
        (nw.col(name).fill_null(0) + nw.col("known_zero")).cast(nw.Int64).alias(name) for name in COUNTS
    )
    return projects.with_columns(
        ratio("trained_in_time_count", "required_count").alias("trained_ratio"),
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(nw.col("required_count") == 0)
        .then(nw.lit("none"))
        .when(nw.col("trained_in_time_count") == nw.col("required_count"))
        .then(nw.lit("ready"))
        .when(nw.col("sign_off_date").is_null())
        .then(nw.lit("open"))
        .otherwise(nw.lit("untrained"))
        .alias("state"),
    )


TRAINING_READINESS_PROJECT = Metric(
    table="training_readiness_project",
    grain=("project_id",),
    inputs=("project", "training", "feed"),
    columns={
        "project_id": "the project",
        "account_id": "the customer",
        "sign_off_date": "the day it was closed; null while open",
        "required_count": "operators that must be trained",
        "trained_count": "those of them trained by now",
        "trained_in_time_count": "those of them trained by the sign-off",
        "trained_ratio": "trained in time over required; null where nobody must be trained",
        "state": "none, open, ready, untrained (signed off before all were trained), or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=training_readiness_project,
    keep="month_ends",
)
