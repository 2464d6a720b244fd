"""MRR movements: known kinds, the right sign, and they are the bridge's columns."""

from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

GAINS = ("new", "expansion", "reactivation")
LOSSES = ("contraction", "churn")
MOVEMENTS = (*GAINS, *LOSSES, "fx", "merge_transfer", "prior_period_adjustment")

SUITE = MartSuite(
    "mrr_movement",
    rules=(
        one_of("movement", MOVEMENTS),
        holds("gains are not negative", f"movement NOT IN {GAINS} OR amount_minor >= 0", OUR_FAULT),
        holds("losses are not positive", f"movement NOT IN {LOSSES} OR amount_minor <= 0", OUR_FAULT),
    ),
    sums=(
        Sums(
            "mrr_bridge",
            {f"{kind}_minor": f"CASE WHEN movement = '{kind}' THEN amount_minor ELSE 0 END" for kind in MOVEMENTS},
            on={"month": "month"},
            where="segment = 'all'",
        ),
    ),
)
