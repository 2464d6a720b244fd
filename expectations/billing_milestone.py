"""Billing milestones: an amount in a currency."""

from expectations.rules import currency, not_negative
from expectations.suite import CoreSuite
from tasks.core.tables.money import BILLING_MILESTONE

SUITE = CoreSuite(BILLING_MILESTONE, (currency(), not_negative("amount_minor", severity="warning")))
