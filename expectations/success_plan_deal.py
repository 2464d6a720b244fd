"""Success plans by deal: in time is before the go-live, and unknown is a missing input."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "success_plan_deal",
    rules=(
        one_of("tier", TIERS),
        one_of("state", ("none", "started", "in_time", "late", "missing", "unknown")),
        holds("live is in time, late or missing", "is_live = (state IN ('in_time', 'late', 'missing'))", OUR_FAULT),
        holds("in time is before the go-live", "state <> 'in_time' OR created_date < go_live_date", OUR_FAULT),
        holds("late is not before the go-live", "state <> 'late' OR created_date >= go_live_date", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "closing_monthly",
            {"live_count": "is_live::BIGINT", "planned_in_time_count": "is_in_time::BIGINT"},
            on={"month": "month", "tier": "tier"},
            nulls_spread=True,
        ),
    ),
)
