"""Tasks under way: no move lies in the future, and the tasks sum to the project."""

from expectations.rules import OUR_FAULT, holds, not_negative
from expectations.suite import MartSuite, Sums

SUITE = MartSuite(
    "stall_task",
    rules=(
        not_negative("idle_days"),
        holds("milestones are not under way", "task_type <> 'milestone'", OUR_FAULT),
    ),
    sums=(
        Sums(
            "stall_project",
            {
                "open_count": "1",
                "stalled_count": "is_stalled::BIGINT",
                "blocked_count": "is_blocked::BIGINT",
            },
            on={"project_id": "project_id"},
        ),
    ),
)
