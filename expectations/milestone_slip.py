"""Milestone slips: a state for each, and late means a positive slip."""

from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite

SUITE = MartSuite(
    "milestone_slip",
    rules=(
        one_of("state", ("done", "open", "overdue", "dropped")),
        holds("what is done has its day", "(state = 'done') = (actual_date IS NOT NULL)", OUR_FAULT),
        holds("late is a positive slip", "is_late = (slip_current_days > 0)", OUR_FAULT),
    ),
)
