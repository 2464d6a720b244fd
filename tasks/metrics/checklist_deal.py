"""S29: the checklists of each won deal at its two handoff points, and whether it went on without a sign-off."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.handoff_deal import DEAL
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input

# The handoff points, and the day of the delivery on which the deal goes on to what comes after.
ADVANCES = {"sales_to_implementation": "start_date", "implementation_to_success": "closed_date"}


def checklist_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Count the required checklist items of each won deal at each handoff point, and those signed when it went on.

    From sales to implementation a deal goes on when its first project starts; from implementation to customer success
    when its last one closes. Signed: it has required items, and all were signed by that day; late: all are signed, some
    afterwards; advanced_unsigned: it went on, and some are not signed or there are none. Open: not gone on, some not
    signed. Nothing is known where the source has no checklists at all.
    """
    deals = frames["handoff_deal"].join(frames["delivery_deal"], on="opportunity_id", how="left")
    points = nw.concat(
        [
            deals.select(*DEAL, nw.lit(point).alias("handoff_point"), nw.col(day).alias("advanced_date"))
            for point, day in ADVANCES.items()
        ]
    )
    key = ["opportunity_id", "handoff_point"]
    items = frames["checklist_item"].filter(nw.col("is_required"))
    items = items.join(points.select(*key, "advanced_date"), on=key, how="inner")
    is_signed = nw.col("signed_date") <= nw.lit(as_of)
    items = items.with_columns(
        nw.lit(1).cast(nw.Int64).alias("required_count"),
        as_count(is_signed).alias("signed_count"),
        as_count(is_signed & (nw.col("signed_date") <= nw.col("advanced_date"))).alias("signed_in_time_count"),
    )
    counted = known_sums(items, key, COUNTS)
    points = with_missing_input(points.join(counted, on=key, how="left"), frames["feed"], "checklist_item")
    points = points.with_columns((nw.col("known_zero") + nw.col(name).fill_null(0)).alias(name) for name in COUNTS)
    points = points.with_columns(_state().alias("state"))
    flags = {
        "is_advanced": ~nw.col("advanced_date").is_null(),
        "is_signed": nw.col("state") == "signed",
        "is_advanced_unsigned": nw.col("state") == "advanced_unsigned",
    }
    return points.with_columns((nw.col("known_zero") + as_count(flag) == 1).alias(name) for name, flag in flags.items())


COUNTS = ("required_count", "signed_count", "signed_in_time_count")


def _state() -> nw.Expr:
    is_advanced = ~nw.col("advanced_date").is_null()
    required, signed = nw.col("required_count"), nw.col("signed_count")
    return (
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(is_advanced & ((required == 0) | (signed < required)))
        .then(nw.lit("advanced_unsigned"))
        .when(required == 0)
        .then(nw.lit("none"))
        .when(signed < required)
        .then(nw.lit("open"))
        .when(is_advanced & (nw.col("signed_in_time_count") < required))
        .then(nw.lit("late"))
        .otherwise(nw.lit("signed"))
    )


CHECKLIST_DEAL = Metric(
    table="checklist_deal",
    grain=("opportunity_id", "handoff_point"),
    inputs=("handoff_deal", "delivery_deal", "checklist_item", "feed"),
    columns={
        "opportunity_id": "the deal",
        "handoff_point": "sales_to_implementation or implementation_to_success",
        "account_id": "the customer",
        "close_date": "the day the deal was won",
        "month": "first day of that month",
        "tier": "digital, mixed, high_touch or full_team by the deal's amount, else unknown",
        "advanced_date": "the day the deal went on: its first project started, or its last one closed",
        "required_count": "items that must be signed",
        "signed_count": "those signed",
        "signed_in_time_count": "those signed by the day the deal went on",
        "is_advanced": "it went on",
        "is_signed": "there are required items, and all are signed, by the day it went on if it did",
        "is_advanced_unsigned": "it went on without a sign-off",
        "state": "none (no items yet), open, signed, late, advanced_unsigned, or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=checklist_deal,
    contributes_to=("closing_monthly",),
    keep="month_ends",
)
