"""Promises by deal: each is in one state, and the deals sum to the month."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, between, holds, one_of
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "promise_deal",
    rules=(
        one_of("tier", TIERS),
        one_of("state", ("none", "unmapped", "pending", "mapped_late", "mapped", "unknown")),
        between("mapped_pct", 0, 100),
        holds(
            "each promise is in one state",
            "promised_count = mapped_count + late_count + unmapped_count + pending_count",
            OUR_FAULT,
        ),
        holds("mapped is all of them", "state <> 'mapped' OR mapped_count = promised_count", OUR_FAULT),
        holds("unmapped is named", "(state = 'unmapped') = (unmapped_count > 0)", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "closing_monthly",
            {
                "promised_count": "promised_count",
                "mapped_count": "mapped_count",
                "unmapped_count": "unmapped_count",
            },
            on={"month": "month", "tier": "tier"},
            nulls_spread=True,
        ),
    ),
)
