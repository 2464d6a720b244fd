from datetime import date, timedelta

import pytest

from tasks.metrics.escalation_ticket import ESCALATION_TICKET
from tests.metrics.steps import computed
from tests.metrics.support_rows import TODAY, company, ticket

TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
NOBODY = {"replied_date": None, "reply_seconds": None}


@pytest.fixture
def escalations(rows, collected):
    """The rows by ticket."""

    def measure(*tickets):
        found = computed(rows(**company(ticket=list(tickets))), ESCALATION_TICKET, TODAY)["escalation_ticket"]
        return {row["ticket_id"]: row for row in collected(found)}

    return measure


def escalated(key="t", day=TODAY, **given):
    return ticket(key, **({"opened_date": day, "escalated_date": day, "replied_date": day} | given))


@pytest.mark.parametrize(
    ("given", "state", "is_late"),
    [
        ({"reply_seconds": 24 * 3600}, "answered", False),
        ({"reply_seconds": 24 * 3600 + 1}, "answered_late", True),
        ({**NOBODY}, "waiting", False),
        ({"day": YESTERDAY, **NOBODY}, "unanswered", True),  # a whole day has passed
        ({"day": YESTERDAY, "replied_date": TOMORROW}, "unanswered", True),  # nobody has yet
        ({"day": YESTERDAY, **NOBODY, "closed_date": YESTERDAY}, "solved", False),
        ({"day": YESTERDAY, **NOBODY, "closed_date": TODAY}, "unanswered", True),
    ],
)
def test_the_state_of_an_escalation(escalations, given, state, is_late):
    found = escalations(escalated(**given))["t"]
    assert (found["state"], found["is_late"]) == (state, is_late)


def test_it_is_new_for_thirty_days_and_open_until_it_is_solved(escalations):
    found = escalations(
        escalated("old", date(2026, 5, 25)),
        escalated("new", date(2026, 5, 26), closed_date=TODAY),
        escalated("solved later", date(2026, 5, 26), closed_date=TOMORROW),
    )
    assert {key: (row["is_new"], row["is_open"]) for key, row in found.items()} == {
        "old": (False, True),
        "new": (True, False),
        "solved later": (True, True),
    }


def test_only_what_was_escalated_by_the_day_and_unmatched_ones_too(escalations):
    found = escalations(ticket("plain"), escalated("later", escalated_date=TOMORROW), escalated("z", account_id=None))
    assert {key: row["tier"] for key, row in found.items()} == {"z": "unmatched"}
