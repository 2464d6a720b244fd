"""Success by project: all three make it, one unknown leaves it open, and the projects sum to the month."""

from expectations.rules import OUR_FAULT, holds, one_of
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "success_project",
    rules=(
        one_of("state", ("success", "failed", "unknown")),
        holds(
            "a success is all three", "(state = 'success') = (is_on_time AND is_on_budget AND is_rated_well)", OUR_FAULT
        ),
        holds(
            "unknown is what lacks one",
            "(state = 'unknown') = (is_on_time IS NULL OR is_on_budget IS NULL OR is_rated_well IS NULL)",
            OUR_FAULT,
        ),
    ),
    sums=(
        Sums(
            "success_monthly",
            {
                "closed_count": "1",
                "judged_count": "(state <> 'unknown')::BIGINT",
                "success_count": "(state = 'success')::BIGINT",
            },
            on={"month": "month"},
        ),
    ),
)
