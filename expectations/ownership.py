"""Ownerships: they begin before they end."""

from expectations.rules import ordered
from expectations.suite import CoreSuite
from tasks.core.tables.contact import OWNERSHIP

SUITE = CoreSuite(OWNERSHIP, (ordered("start_date", "end_date", may_be_equal=True),))
