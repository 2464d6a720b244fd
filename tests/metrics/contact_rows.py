"""Core rows for the tests of contacts: a customer's team, meetings with them, and their messages."""

from datetime import date
from typing import Any

Row = dict[str, Any]
BEGAN = date(2026, 1, 12)
ROLES = {"seller": "Account Executive", "builder": "Implementation Lead", "csm": "Customer Success Manager"}
TABLES = ("ownership", "meeting", "meeting_attendee", "message", "message_party")


def read(*absent: str) -> list[Row]:
    """What was read: everything but what is absent."""
    return [{"feed_id": name, "is_read": name not in absent} for name in (*TABLES, "handoff_form")]


def owner(person: str, account: str = "a", **given: Any) -> Row:
    """One of us in the customer's team since January."""
    return {
        "ownership_id": f"{person} of {account}",
        "account_id": account,
        "person_id": person,
        "role": ROLES.get(person, "Solution Engineer"),
        "start_date": BEGAN,
    } | given


TEAM = [owner(person) for person in ROLES]


def meeting(key: str, day: date, *people: str, declined: tuple[str, ...] = (), **given: Any) -> dict[str, list[Row]]:
    """A meeting held on a day with people of ours, and of the customer where their id begins with "customer"."""
    return {
        "meeting": [
            {"meeting_id": key, "account_id": "a", "meeting_type": "Check-in", "meeting_date": day, "outcome": "Held"}
            | given
        ],
        "meeting_attendee": [
            {
                "attendee_id": f"{person} at {key}",
                "meeting_id": key,
                "person_id": person,
                "is_customer": person.startswith("customer"),
                "is_declined": person in declined,
            }
            for person in people
        ],
    }


def message(key: str, day: date, *to: str, cc: tuple[str, ...] = (), **given: Any) -> dict[str, list[Row]]:
    """A message that the customer wrote on a day."""
    sides = [("customer", "from"), *((person, "to") for person in to), *((person, "cc") for person in cc)]
    return {
        "message": [
            {"message_id": key, "account_id": "a", "sent_date": day, "is_inbound": True, "is_automated": False} | given
        ],
        "message_party": [
            {"party_id": f"{person} of {key}", "message_id": key, "person_id": person, "role": role}
            for person, role in sides
        ],
    }


def together(*events: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The rows of several, by table."""
    return {name: [row for event in events for row in event.get(name, [])] for name in TABLES[1:]}
