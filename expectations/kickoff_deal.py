"""Kickoffs by deal: settled goals were shown by the template, and the deals sum to the month."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

SETTLED = "state IN ('confirmed', 'changed')"

SUITE = MartSuite(
    "kickoff_deal",
    rules=(
        one_of("tier", TIERS),
        one_of("state", ("none", "no_template", "unconfirmed", "confirmed", "changed", "unknown")),
        holds(
            "settled goals were shown by the template",
            f"NOT {SETTLED} OR is_template_used AND is_goals_shown",
            OUR_FAULT,
        ),
        holds(
            "a kickoff that was not held has no day", "(state IN ('none', 'unknown')) = (held_date IS NULL)", OUR_FAULT
        ),
        holds("settled is confirmed or changed", f"is_settled = ({SETTLED})", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "handoff_monthly",
            {
                "deal_count": "1",
                "kickoff_count": "is_held::BIGINT",
                "goals_settled_count": "is_settled::BIGINT",
            },
            on={"month": "month", "tier": "tier"},
            nulls_spread=True,
        ),
    ),
)
