"""Kickoffs: an answer has its day and follows the kickoff."""

from expectations.rules import given_when, ordered
from expectations.suite import CoreSuite
from tasks.core.tables.handoff import KICKOFF

SUITE = CoreSuite(
    KICKOFF,
    (
        given_when("answered_date", "goals_answer IS NOT NULL", "when the customer has answered"),
        ordered("held_date", "answered_date", may_be_equal=True, severity="warning"),
    ),
)
