"""Escalations by ticket: their states, and their sums by customer."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "escalation_ticket",
    rules=(
        one_of("tier", (*TIERS, "unmatched")),
        one_of("state", ("answered", "answered_late", "unanswered", "waiting", "solved")),
        holds("answers have a day", "(state IN ('answered', 'answered_late')) = (replied_date IS NOT NULL)", OUR_FAULT),
        holds("late is answered late or not at all", "is_late = (state IN ('answered_late', 'unanswered'))", OUR_FAULT),
        holds("open is not solved", "is_open = (closed_date IS NULL)", OUR_FAULT),
        holds("waiting is open", "state <> 'waiting' OR is_open", OUR_FAULT),
    ),
    sums=(
        Sums(
            "escalation_account",
            {
                "new_count": "is_new::BIGINT",
                "open_count": "is_open::BIGINT",
                "late_count": "(is_late AND (is_new OR is_open))::BIGINT",
            },
            on={"account_id": "account_id"},
            where="new_count + open_count + late_count > 0",
            here="account_id IS NOT NULL AND (is_new OR is_open)",
        ),
    ),
)
