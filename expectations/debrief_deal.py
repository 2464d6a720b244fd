"""Debriefs by deal: complete is all three said and before the sign-off, and the deals sum to the month."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

SAID = "is_sentiment_said AND is_workarounds_said AND is_executive_goals_said"

SUITE = MartSuite(
    "debrief_deal",
    rules=(
        one_of("tier", TIERS),
        one_of("state", ("none", "due", "missed", "incomplete", "late", "complete", "unknown")),
        holds("complete is all three said", f"is_complete = ({SAID})", OUR_FAULT),
        holds(
            "in time is complete and before the sign-off",
            "is_in_time = (is_complete AND (signoff_date IS NULL OR held_date < signoff_date))",
            OUR_FAULT,
        ),
        holds("debriefed is in time and signed off", "is_debriefed = (is_in_time AND is_signed_off)", OUR_FAULT),
        holds("the state says when it is in time", "is_in_time = (state = 'complete')", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "closing_monthly",
            {"final_count": "is_signed_off::BIGINT", "debriefed_count": "is_debriefed::BIGINT"},
            on={"month": "month", "tier": "tier"},
            nulls_spread=True,
        ),
    ),
)
