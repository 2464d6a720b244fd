"""Closeout surveys by project: the state says what the days say."""

from expectations.rules import OUR_FAULT, holds, not_negative, one_of
from expectations.suite import MartSuite

SUITE = MartSuite(
    "closeout_survey_project",
    rules=(
        one_of("state", ("in_time", "late", "due", "missing", "unknown")),
        not_negative("closed_since_days"),
        holds("what was sent has its day", "(state IN ('in_time', 'late')) = (sent_date IS NOT NULL)", OUR_FAULT),
        holds("it was not sent after the day", "sent_after_days <= closed_since_days", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
)
