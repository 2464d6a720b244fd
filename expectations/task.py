"""Tasks: progress is a share, dates run forward."""

from expectations.rules import between, holds, not_negative, ordered
from expectations.suite import CoreSuite
from tasks.core.tables.work import TASK

SUITE = CoreSuite(
    TASK,
    (
        between("progress_bp", 0, 10_000),
        not_negative("estimate_seconds"),
        ordered("start_date", "due_date", may_be_equal=True, severity="warning"),
        ordered("actual_start_date", "actual_finish_date", may_be_equal=True, severity="warning"),
        holds("a task is not its own parent", "parent_id <> task_id", "correct its parent in the PSA"),
    ),
)
