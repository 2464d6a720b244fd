"""Commissions: an amount has its currency; an override has someone who made it, and a reason."""

from expectations.rules import currency, given_when, not_negative
from expectations.suite import CoreSuite
from tasks.core.tables.handoff import COMMISSION

SUITE = CoreSuite(
    COMMISSION,
    (
        currency(),
        given_when("currency", "amount_minor IS NOT NULL", "when there is an amount", severity="blocking"),
        not_negative("amount_minor", severity="warning"),
        given_when("overridden_by_id", "override_date IS NOT NULL", "when a hold is overridden"),
        given_when("override_reason", "override_date IS NOT NULL", "when a hold is overridden"),
    ),
)
