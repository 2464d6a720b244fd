"""Time entries: a real day, a real length, rates that are not negative."""

from expectations.rules import between, currency, given_when, not_negative, not_zero
from expectations.suite import CoreSuite
from tasks.core.tables.work import TIME_ENTRY

SUITE = CoreSuite(
    TIME_ENTRY,
    (
        between("work_date", "1990-01-01", "2099-12-31"),  # outside it: mistyped
        not_zero("seconds"),
        between("seconds", -86_400, 86_400, severity="warning"),  # some teams book a week as one entry
        not_negative("bill_rate_minor"),
        not_negative("cost_rate_minor"),
        currency(),
        given_when("reverses_id", "seconds < 0", "on a negative entry"),
    ),
    moves_daily=True,
)
