"""The closing of the deals won in a month: debriefs, closeouts, checklists, success plans and promises."""

from collections.abc import Mapping
from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.known_sums import known_sums
from tasks.metrics.leakage_sums import percent
from tasks.metrics.metric import Frames, Metric

# By mart: the counts, and the column of a deal that each sums.
COUNTS: Mapping[str, Mapping[str, str]] = {
    "closeout_deal": {
        "deal_count": "deal_count",
        "delivered_count": "is_delivered",
        "closeout_count": "is_complete",
        "signed_off_count": "is_signed_off",
        "closed_unsigned_count": "is_closed_unsigned",
    },
    "debrief_deal": {"final_count": "is_signed_off", "debriefed_count": "is_debriefed"},
    "checklist_deal": {"advance_count": "is_advanced", "advanced_unsigned_count": "is_advanced_unsigned"},
    "success_plan_deal": {"live_count": "is_live", "planned_in_time_count": "is_in_time"},
    "promise_deal": {
        "promised_count": "promised_count",
        "mapped_count": "mapped_count",
        "unmapped_count": "unmapped_count",
    },
}


def closing_monthly(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Follow the deals won in each month, by tier, to the closing of their delivery.

    The cohort is the month of the sale, as in handoff_monthly, whose second half this is. Counts are null, not 0, where
    a table that they need was never read; percentages are null where nothing has come so far.
    """
    rows = None
    for table, counts in COUNTS.items():
        deals = frames[table]
        if table == "closeout_deal":
            deals = deals.with_columns(nw.lit(1).cast(nw.Int64).alias("deal_count"))
        flags = (nw.col(flag).cast(nw.Int64).alias(count) for count, flag in counts.items())
        sums = known_sums(deals.select("month", "tier", *flags), ("month", "tier"), tuple(counts))
        rows = sums if rows is None else rows.join(sums, on=["month", "tier"], how="inner")
    assert rows is not None
    return rows.with_columns(
        percent("debriefed_count", "final_count").alias("debriefed_pct"),
        percent("planned_in_time_count", "live_count").alias("planned_in_time_pct"),
        percent("mapped_count", "promised_count").alias("mapped_pct"),
    )


CLOSING_MONTHLY = Metric(
    table="closing_monthly",
    grain=("month", "tier"),
    inputs=tuple(COUNTS),
    columns={
        "month": "first day of the month in which the deals were won",
        "tier": "the deals' tier",
        "deal_count": "deals that hand a customer over",
        "delivered_count": "deals all of whose projects are closed",
        "closeout_count": "deals with a complete closeout",
        "signed_off_count": "deals whose newest closeout is signed off, with its document",
        "closed_unsigned_count": "deals delivered without a sign-off",
        "final_count": "deals with a final sign-off, with a document or without; denominator of debriefed_pct",
        "debriefed_count": "those with a complete debrief before it",
        "debriefed_pct": "those in percent of the final sign-offs",
        "advance_count": "handoff points at which a deal went on, two a deal",
        "advanced_unsigned_count": "those without a signed checklist",
        "live_count": "deals that went live; denominator of planned_in_time_pct",
        "planned_in_time_count": "those with a success plan before",
        "planned_in_time_pct": "those in percent of the deals that went live",
        "promised_count": "promises, requirements and custom agreements; denominator of mapped_pct",
        "mapped_count": "those mapped to the delivery by its start",
        "unmapped_count": "those that nothing delivers, though there is a project",
        "mapped_pct": "mapped in percent of all",
    },
    compute=closing_monthly,
)
