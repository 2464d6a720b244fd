"""Promises: what is mapped has a target, and the promises sum to the deal."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "promise_item",
    rules=(
        one_of("tier", TIERS),
        one_of("kind", ("promise", "requirement", "custom_agreement")),
        one_of("state", ("mapped", "mapped_late", "unmapped", "pending")),
        holds("what is mapped has a target", "state NOT LIKE 'mapped%' OR has_task OR has_scope", OUR_FAULT),
        holds("late is after the start", "state <> 'mapped_late' OR start_date IS NOT NULL", OUR_FAULT),
    ),
    sums=(
        Sums(
            "promise_deal",
            {
                "promised_count": "1",
                "mapped_count": "(state = 'mapped')::BIGINT",
                "late_count": "(state = 'mapped_late')::BIGINT",
                "unmapped_count": "(state = 'unmapped')::BIGINT",
                "pending_count": "(state = 'pending')::BIGINT",
            },
            on={"opportunity_id": "opportunity_id"},
            where="promised_count > 0",
        ),
    ),
)
