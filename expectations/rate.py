"""Rates: not negative, and at least one of the two."""

from expectations.rules import currency, holds, not_negative
from expectations.suite import CoreSuite
from tasks.core.tables.money import RATE

SUITE = CoreSuite(
    RATE,
    (
        currency(),
        not_negative("bill_rate_minor"),
        not_negative("cost_rate_minor"),
        holds(
            "a rate sells or costs",
            "bill_rate_minor IS NOT NULL OR cost_rate_minor IS NOT NULL",
            "give its bill or its cost rate in the source system",
            "warning",
        ),
    ),
)
