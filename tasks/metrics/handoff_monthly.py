"""The handoff of the deals won in a month: forms and kickoffs."""

from collections.abc import Mapping
from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.form_version import VALID
from tasks.metrics.known_sums import known_sums
from tasks.metrics.leakage_sums import percent
from tasks.metrics.metric import Frames, Metric

# The counts and the flags of a deal that they count.
FORM = {
    "deal_count": "deal_count",
    "complete_count": "is_complete",
    "signed_count": "is_signed",
    **{name.replace("is_", "").replace("_valid", "_count"): name for name in VALID},
}
KICKOFF = {"kickoff_count": "is_held", "goals_settled_count": "is_settled"}


def handoff_monthly(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Follow the deals won in each month, by tier: how many have a complete form, and a kickoff that settled the goals.

    The cohort is the month of the sale, so an old month's counts still rise when a late form is filled in. Counts are
    null, not 0, when the source has no such records; `deal_count` is the denominator of both percentages.
    """
    forms, kickoffs = frames["handoff_form_deal"], frames["kickoff_deal"]
    forms = _counted(forms.with_columns(nw.lit(1).cast(nw.Int64).alias("deal_count")), FORM)
    kickoffs = _counted(kickoffs, KICKOFF)
    rows = forms.join(kickoffs, on=["month", "tier"], how="inner")
    return rows.with_columns(
        percent("complete_count", "deal_count").alias("complete_pct"),
        percent("goals_settled_count", "deal_count").alias("goals_settled_pct"),
    )


def _counted(deals: nw.LazyFrame, counts: Mapping[str, str]) -> nw.LazyFrame:
    flags = (nw.col(flag).cast(nw.Int64).alias(count) for count, flag in counts.items())
    return known_sums(deals.select("month", "tier", *flags), ("month", "tier"), tuple(counts))


HANDOFF_MONTHLY = Metric(
    table="handoff_monthly",
    grain=("month", "tier"),
    inputs=("handoff_form_deal", "kickoff_deal"),
    columns={
        "month": "first day of the month in which the deals were won",
        "tier": "the deals' tier",
        "deal_count": "deals that hand a customer over",
        "goals_count": "forms with valid goals",
        "stakeholders_count": "forms with valid stakeholders",
        "timeline_count": "forms with a valid timeline",
        "success_metrics_count": "forms with valid success metrics",
        "concerns_count": "forms with valid concerns",
        "complete_count": "forms with all five",
        "signed_count": "forms with all five, signed",
        "complete_pct": "complete forms in percent of the deals",
        "kickoff_count": "deals whose kickoff was held",
        "goals_settled_count": "kickoffs by the template at which the customer confirmed or changed the goals",
        "goals_settled_pct": "those in percent of the deals",
    },
    compute=handoff_monthly,
)
