"""Commissions by deal: each state has what makes it so, and only a held one holds an amount."""

from expectations.rules import OUR_FAULT, holds, one_of, ordered
from expectations.suite import MartSuite

REASONS = ("no_form", "withdrawn", "incomplete", "unsigned", "deal_lost", "payout_cancelled")
OVERRIDE = ("override_date", "overridden_by_id", "override_reason")

SUITE = MartSuite(
    "commission_deal",
    rules=(
        one_of("state", ("pending", "held", "released", "overridden", "void", "unknown")),
        one_of("reason", REASONS),
        holds("held and void have a reason", "(state IN ('held', 'void')) = (reason IS NOT NULL)", OUR_FAULT),
        holds("a release has its day", "(state = 'released') = (released_date IS NOT NULL)", OUR_FAULT),
        holds("a release has its version", "(state = 'released') = (released_version_id IS NOT NULL)", OUR_FAULT),
        ordered("close_date", "released_date", may_be_equal=True),
        *(holds(f"an override has its {name}", f"(state = 'overridden') = ({name} IS NOT NULL)", OUR_FAULT)
          for name in OVERRIDE),
        holds("only a release can be edited after", "state = 'released' OR NOT is_edited_after_release", OUR_FAULT),
        holds(
            "what is held is the payout, and nothing where it is not held",
            "held_minor = CASE WHEN state = 'held' THEN payout_minor ELSE 0 END",
            OUR_FAULT,
        ),
        holds("unknown is a missing input", "(state = 'unknown') = (missing_input IS NOT NULL)", OUR_FAULT),
    ),
)  # fmt: skip
