"""Escalations by customer: a breach is no route in the digital tier, or a late answer."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, not_negative, one_of
from expectations.suite import MartSuite

SUITE = MartSuite(
    "escalation_account",
    rules=(
        one_of("tier", TIERS),
        one_of("state", ("no_route", "late", "in_order", "unknown")),
        holds(
            "only digital needs a route",
            "state <> 'no_route' OR tier = 'digital' AND NOT has_route",
            OUR_FAULT,
        ),
        holds("what is late is counted", "state <> 'late' OR late_count > 0", OUR_FAULT),
        holds("in order has a route and nothing late", "state <> 'in_order' OR late_count = 0", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
        not_negative("slowest_reply_seconds"),
    ),
)
