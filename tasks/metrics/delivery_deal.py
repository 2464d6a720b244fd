"""How far the delivery of each deal is: all its projects together."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.metric import Frames, Metric


def delivery_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """A deal's delivery starts with its first project, is live with the first that is, and closes with the last."""
    projects = frames["go_live"].filter(~nw.col("opportunity_id").is_null())
    projects = projects.with_columns(
        nw.when(nw.col("start_date") <= nw.lit(as_of)).then(nw.col("start_date")).alias("start_date"),
        as_count(nw.col("closed_date").is_null()).alias("open_count"),
        nw.lit(1).cast(nw.Int64).alias("project_count"),
    )
    deals = projects.group_by("opportunity_id").agg(
        nw.col("project_count").sum(),
        nw.col("open_count").sum(),
        nw.col("start_date").min(),
        nw.col("go_live_date").min(),
        nw.col("closed_date").max(),
    )
    return deals.with_columns(
        nw.col("project_count").cast(nw.Int64),
        nw.when(nw.col("open_count") == 0).then(nw.col("closed_date")).alias("closed_date"),
    )


DELIVERY_DEAL = Metric(
    table="delivery_deal",
    grain=("opportunity_id",),
    inputs=("go_live",),
    columns={
        "opportunity_id": "the deal",
        "project_count": "projects that deliver it",
        "start_date": "the first planned start that has come",
        "go_live_date": "the first go-live of its projects",
        "closed_date": "the day the last of them closed; null while one is open",
    },
    compute=delivery_deal,
    is_step=True,
)
