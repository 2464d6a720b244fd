"""Change orders: an approved one says when and for how much."""

from expectations.rules import currency, given_when, not_negative, ordered
from expectations.suite import CoreSuite
from tasks.core.tables.work import CHANGE_ORDER

SUITE = CoreSuite(
    CHANGE_ORDER,
    (
        currency(),
        not_negative("amount_minor", severity="warning"),
        given_when("approved_date", "status = 'approved'", "on an approved change order"),
        given_when("pricing", "status = 'approved'", "on an approved change order"),
        given_when("amount_minor", "status = 'approved' AND pricing = 'fixed'", "on an approved fixed change order"),
        ordered("approved_date", "accepted_date", may_be_equal=True, severity="warning"),
    ),
)
