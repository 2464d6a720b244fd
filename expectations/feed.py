"""Feeds: one row for each optional table."""

from expectations.suite import CoreSuite
from tasks.core.tables.handoff import FEED

SUITE = CoreSuite(FEED)
