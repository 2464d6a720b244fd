"""Invoice lines: each says what it bills."""

from expectations.rules import currency, given_when
from expectations.suite import CoreSuite
from tasks.core.tables.money import INVOICE_LINE

SUITE = CoreSuite(
    INVOICE_LINE,
    (
        currency(),
        given_when("entry_id", "line_type = 'time'", "on a line that bills time"),
        given_when("seconds", "line_type = 'time'", "on a line that bills time"),
        given_when("milestone_id", "line_type = 'milestone'", "on a line that bills a milestone"),
        given_when("change_order_id", "line_type = 'change_order'", "on a line that bills a change order"),
    ),
)
