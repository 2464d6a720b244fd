"""Products by customer: an orphan is quiet, and the products sum to the account."""

from expectations.rules import OUR_FAULT, holds, not_negative, one_of
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "quiet_product",
    rules=(
        one_of("state", ("active", "quiet", "stale", "unknown")),
        not_negative("quiet_days"),
        holds("orphans are quiet", "is_orphan = (state = 'quiet')", OUR_FAULT),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
    sums=(
        Sums(
            "quiet_account",
            {"product_count": "1", "orphan_product_count": "is_orphan::BIGINT"},
            on={"account_id": "account_id"},
            where="product_count > 0",
            nulls_spread=True,
        ),
    ),
)
