"""Success plans: written for a deal that there is."""

from expectations.suite import CoreSuite
from tasks.core.tables.closing import SUCCESS_PLAN

SUITE = CoreSuite(SUCCESS_PLAN)
