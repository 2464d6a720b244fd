"""Closeouts: a sign-off follows its meeting."""

from expectations.rules import ordered
from expectations.suite import CoreSuite
from tasks.core.tables.closing import CLOSEOUT

SUITE = CoreSuite(CLOSEOUT, (ordered("meeting_date", "signed_date", may_be_equal=True, severity="warning"),))
