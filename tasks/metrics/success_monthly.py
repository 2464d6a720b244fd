"""The project success rate by month of closing."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.known_sums import known_sums
from tasks.metrics.leakage_sums import percent
from tasks.metrics.metric import Frames, Metric

COUNTS = ("closed_count", "judged_count", "success_count")


def success_monthly(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Count the projects closed in each month, those of which all is known, and the full successes among them.

    The rate is of those judged; how many are not stands beside it.
    """
    projects = frames["success_project"].with_columns(
        nw.lit(1).cast(nw.Int64).alias("closed_count"),
        as_count(nw.col("state") != "unknown").alias("judged_count"),
        as_count(nw.col("state") == "success").alias("success_count"),
    )
    months = known_sums(projects, ("month",), COUNTS)
    return months.with_columns(percent("success_count", "judged_count").alias("success_pct"))


SUCCESS_MONTHLY = Metric(
    table="success_monthly",
    grain=("month",),
    inputs=("success_project",),
    columns={
        "month": "first day of the month in which the projects closed",
        "closed_count": "planned projects of clients that closed",
        "judged_count": "those of which time, budget and rating are known; denominator of the percentage",
        "success_count": "those that were on time, on budget and rated well",
        "success_pct": "those in percent of the judged",
    },
    compute=success_monthly,
)
