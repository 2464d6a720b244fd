"""Opportunities: won ones are closed, values have a currency."""

from expectations.rules import currency, given_when, holds
from expectations.suite import CoreSuite
from tasks.core.tables.customers import OPPORTUNITY

SUITE = CoreSuite(
    OPPORTUNITY,
    (
        currency(severity="warning"),
        given_when("currency", "amount_minor IS NOT NULL", "when there is an amount"),
        holds("a won deal is closed", "is_closed OR NOT is_won", "correct its stage in the CRM", "warning"),
    ),
)
