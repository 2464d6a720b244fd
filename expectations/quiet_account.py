"""Accounts after go-live: only a quiet one is an alarm, and louder where training is incomplete."""

from expectations.rules import OUR_FAULT, holds, not_negative, one_of
from expectations.suite import MartSuite

SUITE = MartSuite(
    "quiet_account",
    rules=(
        one_of("state", ("active", "quiet", "former", "stale", "unknown")),
        one_of("severity", ("warning", "error")),
        not_negative("quiet_days"),
        holds("the state says who is quiet", "is_quiet = (state = 'quiet')", OUR_FAULT),
        holds("only a quiet account has a severity", "(severity IS NOT NULL) = (state = 'quiet')", OUR_FAULT),
        holds(
            "an error is a quiet account with incomplete training",
            "(severity = 'error') = (trained_count < required_count)",
            OUR_FAULT,
        ),
        holds("no more products are orphans than there are", "orphan_product_count <= product_count", OUR_FAULT),
        holds("training is complete when all are trained", "is_training_complete = (trained_count = required_count)",
              OUR_FAULT),
        holds(
            "unknown is a missing input", "state = 'former' OR (state = 'unknown') = (missing_input IS NOT NULL)",
            OUR_FAULT,
        ),
    ),
)  # fmt: skip
