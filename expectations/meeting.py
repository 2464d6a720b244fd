"""Meetings: without a customer they count for nobody."""

from expectations.rules import given_when
from expectations.suite import CoreSuite
from tasks.core.tables.contact import MEETING

SUITE = CoreSuite(MEETING, (given_when("account_id", "opportunity_id IS NOT NULL", "when it is about a deal"),))
