"""Escalations by project: what is still open was open at the closeout of a project that closed."""

from expectations.rules import OUR_FAULT, holds
from expectations.suite import MartSuite

SUITE = MartSuite(
    "escalation_project",
    rules=(
        holds("what is still open was open at closeout", "still_open_count <= at_closeout_count", OUR_FAULT),
        holds("what is still open is open", "still_open_count <= open_count", OUR_FAULT),
        holds("a project that runs has no closeout", "closed_date IS NOT NULL OR at_closeout_count = 0", OUR_FAULT),
        holds("unknown is a missing input", "(open_count IS NULL) = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
)
