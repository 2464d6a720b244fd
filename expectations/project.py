"""Projects: each way of being paid has its number."""

from expectations.rules import currency, given_when, not_negative, ordered, positive
from expectations.suite import CoreSuite
from tasks.core.tables.work import PROJECT

SUITE = CoreSuite(
    PROJECT,
    (
        currency(),
        not_negative("price_minor", severity="warning"),
        not_negative("cap_minor"),
        not_negative("budget_seconds"),
        not_negative("retainer_seconds"),
        positive("retainer_window_months"),
        given_when("cap_minor", "contract_type = 'capped'", "on a capped project"),
        given_when("budget_seconds", "contract_type = 'fixed_fee'", "on a fixed-fee project"),
        given_when("retainer_seconds", "contract_type = 'retainer'", "on a retainer"),
        given_when("account_id", "contract_type <> 'internal'", "on a client's project"),
        ordered("start_date", "due_date", may_be_equal=True, severity="warning"),
    ),
)
