"""Messages: without a customer they count for nobody."""

from expectations.rules import given_when
from expectations.suite import CoreSuite
from tasks.core.tables.contact import MESSAGE

SUITE = CoreSuite(MESSAGE, (given_when("account_id", "opportunity_id IS NOT NULL", "when it is about a deal"),))
