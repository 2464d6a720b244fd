"""Subscriptions: a term has a length, and its money a currency."""

from expectations.rules import currency, not_negative, ordered
from expectations.suite import CoreSuite
from tasks.core.tables.customers import SUBSCRIPTION

SUITE = CoreSuite(
    SUBSCRIPTION,
    (
        ordered("start_date", "term_end_date"),
        ordered("start_date", "end_date", may_be_equal=True),  # equal: cancelled before its first day
        ordered("end_date", "term_end_date", may_be_equal=True, severity="warning"),
        not_negative("amount_minor", severity="warning"),  # an amendment may take away
        currency(),
    ),
)
