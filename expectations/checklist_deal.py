"""Checklists by deal and handoff point: the counts make the state, and the deals sum to the month."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, not_negative, one_of
from expectations.suite import MartSuite, Sums
from tasks.core.tables.closing import POINTS

SUITE = MartSuite(
    "checklist_deal",
    rules=(
        one_of("tier", TIERS),
        one_of("handoff_point", POINTS),
        one_of("state", ("none", "open", "signed", "late", "advanced_unsigned", "unknown")),
        not_negative("signed_in_time_count"),
        holds("no more is signed in time than at all", "signed_in_time_count <= signed_count", OUR_FAULT),
        holds("no more is signed than is required", "signed_count <= required_count", OUR_FAULT),
        holds(
            "what went on unsigned is named",
            "is_advanced_unsigned = (is_advanced AND (required_count = 0 OR signed_count < required_count))",
            OUR_FAULT,
        ),
        holds("signed is a state", "is_signed = (state = 'signed')", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "closing_monthly",
            {
                "advance_count": "is_advanced::BIGINT",
                "advanced_unsigned_count": "is_advanced_unsigned::BIGINT",
            },
            on={"month": "month", "tier": "tier"},
            nulls_spread=True,
        ),
    ),
)
