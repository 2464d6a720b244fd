"""Accounts: hierarchy and merges make sense."""

from expectations.rules import currency, given_when, holds
from expectations.suite import CoreSuite
from tasks.core.tables.customers import ACCOUNT

SUITE = CoreSuite(
    ACCOUNT,
    (
        currency(severity="warning"),
        given_when("merged_date", "merged_into_id IS NOT NULL", "when the account was merged"),
        holds(
            "an account is not its own parent", "parent_id <> account_id", "correct its parent in the CRM", "warning"
        ),
        holds("an account is not merged into itself", "merged_into_id <> account_id", "look at its merge in the CRM"),
    ),
)
