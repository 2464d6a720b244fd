"""Closeouts by deal: complete is all that is asked, what closed unsigned is named, and the deals sum to the month."""

from expectations.handoff_form_deal import TIERS
from expectations.rules import OUR_FAULT, holds, not_negative, one_of
from expectations.suite import MartSuite, Sums

WHOLE = "is_held AND is_attended AND is_validated AND has_next_steps AND is_signed_off"

SUITE = MartSuite(
    "closeout_deal",
    rules=(
        one_of("tier", TIERS),
        one_of("state", ("none", "incomplete", "complete", "closed_unsigned", "unknown")),
        not_negative("validated_count"),
        holds("no more is validated than is listed", "validated_count <= deliverable_count", OUR_FAULT),
        holds("complete is all that is asked", f"is_complete = ({WHOLE})", OUR_FAULT),
        holds(
            "closed unsigned is delivered without a sign-off",
            "is_closed_unsigned = (is_delivered AND NOT is_signed_off)",
            OUR_FAULT,
        ),
        holds("what closed unsigned is named", "is_closed_unsigned = (state = 'closed_unsigned')", OUR_FAULT),
        holds("unknown is a missing input", "state <> 'unknown' OR missing_input IS NOT NULL", OUR_FAULT),
    ),
    sums=(
        Sums(
            "closing_monthly",
            {
                "deal_count": "1",
                "delivered_count": "is_delivered::BIGINT",
                "closeout_count": "is_complete::BIGINT",
                "signed_off_count": "is_signed_off::BIGINT",
                "closed_unsigned_count": "is_closed_unsigned::BIGINT",
            },
            on={"month": "month", "tier": "tier"},
            nulls_spread=True,
        ),
    ),
)
