"""Deliverables: on the list of a closeout that there is."""

from expectations.suite import CoreSuite
from tasks.core.tables.closing import DELIVERABLE

SUITE = CoreSuite(DELIVERABLE)
