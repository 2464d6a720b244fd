"""Plan tasks: planned value needs dates in order and no negative cost."""

from expectations.rules import between, currency, given_when, not_negative, ordered, positive
from expectations.suite import CoreSuite
from tasks.core.tables.work import PLAN_TASK

SUITE = CoreSuite(
    PLAN_TASK,
    (
        positive("plan_number"),
        between("start_date", "1990-01-01", "2099-12-31"),  # outside it: mistyped
        between("due_date", "1990-01-01", "2099-12-31"),
        ordered("start_date", "due_date", may_be_equal=True),
        not_negative("budget_seconds"),
        not_negative("cost_rate_minor"),
        given_when("currency", "cost_rate_minor IS NOT NULL", "when there is a cost rate", severity="blocking"),
        currency(),
    ),
)
