"""Attendees: what their table says."""

from expectations.suite import CoreSuite
from tasks.core.tables.contact import MEETING_ATTENDEE

SUITE = CoreSuite(MEETING_ATTENDEE)
