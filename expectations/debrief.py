"""Debriefs: what is said is measured, not rejected."""

from expectations.suite import CoreSuite
from tasks.core.tables.closing import DEBRIEF

SUITE = CoreSuite(DEBRIEF)
