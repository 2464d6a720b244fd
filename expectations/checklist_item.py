"""Checklist items: at a known handoff point of a deal that there is."""

from expectations.suite import CoreSuite
from tasks.core.tables.closing import CHECKLIST_ITEM

SUITE = CoreSuite(CHECKLIST_ITEM)
