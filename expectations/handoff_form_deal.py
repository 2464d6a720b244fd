"""Handoff forms by deal: the elements make up the count, and the deals sum to the month."""

from expectations.rules import OUR_FAULT, between, holds, one_of
from expectations.suite import MartSuite, Sums

ELEMENTS = ("goals", "stakeholders", "timeline", "success_metrics", "concerns")
TIERS = ("digital", "mixed", "high_touch", "full_team", "unknown")
COUNTED = " + ".join(f"is_{element}_valid::BIGINT" for element in ELEMENTS)

SUITE = MartSuite(
    "handoff_form_deal",
    rules=(
        one_of("tier", TIERS),
        one_of("state", ("none", "incomplete", "unsigned", "signed", "unknown")),
        between("valid_count", 0, 5),
        holds("the valid elements are counted", f"valid_count = {COUNTED}", OUR_FAULT),
        holds("complete is five of five", "is_complete = (valid_count = 5)", OUR_FAULT),
        holds("signed is complete and signed", "is_signed = (state = 'signed')", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "handoff_monthly",
            {
                "deal_count": "1",
                "complete_count": "is_complete::BIGINT",
                **{f"{element}_count": f"is_{element}_valid::BIGINT" for element in ELEMENTS},
                "signed_count": "is_signed::BIGINT",
            },
            on={"month": "month", "tier": "tier"},
            nulls_spread=True,
        ),
    ),
)
