"""The newest closeout of each deal, its deliverables counted."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.wording import plain, says

PARTIES = ("has_customer", "has_implementation", "has_customer_success")


def closeout_held(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The newest closeout of each deal that was held or signed by the day; what holds of it is 1, what does not 0."""
    today = nw.lit(as_of)
    closeouts = frames["closeout"].with_columns(
        nw.coalesce(nw.col("meeting_date"), nw.col("signed_date")).alias("_day"), plain("next_steps").alias("_steps")
    )
    closeouts = closeouts.filter(nw.col("_day") <= today)
    later = nw.col("_day").shift(-1).over("opportunity_id", order_by=("_day", "closeout_id"))
    closeouts = closeouts.with_columns(later.alias("_later")).filter(nw.col("_later").is_null())
    is_signed = (nw.col("signed_date") <= today) & ~nw.col("document").is_null()
    closeouts = closeouts.with_columns(
        *(as_count(nw.col(name)).alias(name) for name in PARTIES),
        as_count(says("_steps", policy.handoff.placeholders)).alias("has_next_steps"),
        as_count(is_signed).alias("is_signed_off"),
        nw.when(nw.col("signed_date") <= today).then(nw.col("signed_date")).alias("signed_date"),
    )
    listed = frames["deliverable"].select(
        "closeout_id",
        nw.lit(1).cast(nw.Int64).alias("deliverable_count"),
        as_count(nw.col("validated_date") <= today).alias("validated_count"),
    )
    listed = known_sums(listed, ("closeout_id",), ("deliverable_count", "validated_count"))
    return closeouts.join(listed, on="closeout_id", how="left")


CLOSEOUT_HELD = Metric(
    table="closeout_held",
    grain=("opportunity_id",),
    inputs=("closeout", "deliverable"),
    columns={
        "opportunity_id": "the deal",
        "closeout_id": "the closeout",
        "meeting_date": "the day of its meeting",
        "signed_date": "the day of its sign-off",
        "has_customer": "the customer attended",
        "has_implementation": "implementation attended",
        "has_customer_success": "customer success attended",
        "has_next_steps": "the next steps of support say something",
        "is_signed_off": "signed, and the document is attached",
        "deliverable_count": "deliverables listed; null without a list",
        "validated_count": "those validated",
        "rating": "how the customer rates the project, 1 to 5",
    },
    compute=closeout_held,
    is_step=True,
)
