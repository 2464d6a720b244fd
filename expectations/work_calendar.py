"""The working calendar: it has days, and counts from zero."""

from expectations.rules import not_negative
from expectations.suite import CoreSuite
from tasks.core.tables.calendars import WORK_CALENDAR

SUITE = CoreSuite(WORK_CALENDAR, (not_negative("workdays_before"),), may_be_empty=False)
