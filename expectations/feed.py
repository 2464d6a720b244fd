"""Feeds: one row for each optional table."""

from expectations.suite import CoreSuite
from tasks.core.tables import FEED

SUITE = CoreSuite(FEED)
