"""Tickets: nothing happens to one before it is made, and an answer has its day."""

from expectations.rules import given_when, not_negative, ordered
from expectations.suite import CoreSuite
from tasks.core.tables.support import TICKET

SUITE = CoreSuite(
    TICKET,
    (
        *(
            ordered("opened_date", day, may_be_equal=True)
            for day in ("escalated_date", "replied_date", "closed_date", "rated_date")
        ),
        given_when("replied_date", "reply_seconds IS NOT NULL", "when somebody has answered"),
        given_when("rated_date", "rating IS NOT NULL", "when the customer has rated it"),
        not_negative("reply_seconds"),
    ),
)
