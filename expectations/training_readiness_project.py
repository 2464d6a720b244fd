"""Training by project: nobody is trained in time who is not trained, and the state says what the counts say."""

from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite

SUITE = MartSuite(
    "training_readiness_project",
    rules=(
        one_of("state", ("none", "open", "ready", "untrained", "unknown")),
        holds("those trained in time are trained", "trained_in_time_count <= trained_count", OUR_FAULT),
        holds("no more are trained than must be", "trained_count <= required_count", OUR_FAULT),
        holds(
            "ready is all of them in time",
            "(state IN ('none', 'ready')) = (trained_in_time_count = required_count)",
            OUR_FAULT,
        ),
        holds("untrained is signed off", "NOT state = 'untrained' OR sign_off_date IS NOT NULL", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
)
