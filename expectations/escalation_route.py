"""Escalation routes: what the table's definition says."""

from expectations.suite import CoreSuite
from tasks.core.tables.support import ESCALATION_ROUTE

SUITE = CoreSuite(ESCALATION_ROUTE)
