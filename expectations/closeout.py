"""Closeouts: a sign-off follows its meeting, and a rating is of five."""

from expectations.rules import between, ordered
from expectations.suite import CoreSuite
from tasks.core.tables.closing import CLOSEOUT

SUITE = CoreSuite(
    CLOSEOUT,
    (
        ordered("meeting_date", "signed_date", may_be_equal=True, severity="warning"),
        between("rating", 1, 5),
    ),
)
