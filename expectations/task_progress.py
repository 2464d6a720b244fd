"""Progress records: progress is a share."""

from expectations.rules import between
from expectations.suite import CoreSuite
from tasks.core.tables.work import TASK_PROGRESS

SUITE = CoreSuite(TASK_PROGRESS, (between("progress_bp", 0, 10_000),))
