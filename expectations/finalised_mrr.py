"""Closed months: named by their first day."""

from expectations.rules import first_of_month
from expectations.suite import CoreSuite
from tasks.core.tables.calendars import FINALISED_MRR

SUITE = CoreSuite(FINALISED_MRR, (first_of_month("month"),))
