"""Sides of messages: what their table says."""

from expectations.suite import CoreSuite
from tasks.core.tables.contact import MESSAGE_PARTY

SUITE = CoreSuite(MESSAGE_PARTY)
