"""Promises: a mapping names what it maps to, and has its day."""

from expectations.rules import given_when
from expectations.suite import CoreSuite
from tasks.core.tables.closing import PROMISE

SUITE = CoreSuite(
    PROMISE, (given_when("mapped_date", "coalesce(task_id, scope_clause) IS NOT NULL", "when the promise is mapped"),)
)
