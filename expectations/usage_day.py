"""Usage: nobody uses a product a negative number of times, and few use it without a licence."""

from expectations.rules import holds, not_negative
from expectations.suite import CoreSuite
from tasks.core.tables.adoption import USAGE_DAY

SUITE = CoreSuite(
    USAGE_DAY,
    (
        not_negative("active_users"),
        not_negative("licensed_users"),
        not_negative("features_used"),
        holds(
            "no more features are used than there are",
            "features_used <= features_offered",
            "correct it in the source system",
            "warning",
        ),
    ),
)
