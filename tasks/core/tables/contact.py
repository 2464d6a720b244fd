"""Who looks after a customer, and what passes between people: ids only, no names, no addresses, no words."""

from tasks.core.tables.shape import Column, Table

OWNERSHIP = Table(
    "ownership",
    "One of us looks after a customer in a role, from a day on.",
    (
        Column("ownership_id", "text", "key", required=True),
        Column("account_id", "text", "the customer", required=True, refers_to="account"),
        Column("person_id", "text", "who: an id, or a hash of an address", required=True),
        Column("role", "text", "as the CRM names it; policy.yaml says which team that is", required=True),
        Column("start_date", "date", "first day", required=True),
        Column("end_date", "date", "first day on which it is over"),
    ),
    is_optional=True,
)

MEETING = Table(
    "meeting",
    "A meeting about a customer.",
    (
        Column("meeting_id", "text", "key", required=True),
        Column("account_id", "text", "the customer", refers_to="account"),
        Column("opportunity_id", "text", "the deal, where it is about one"),
        Column("meeting_type", "text", "what it is about, as the CRM names it"),
        Column("meeting_date", "date", "the day it begins, in the reporting zone", required=True),
        Column("outcome", "text", "what became of it, as the CRM names it; null where nobody says"),
    ),
    is_optional=True,
)

MEETING_ATTENDEE = Table(
    "meeting_attendee",
    "Someone invited to a meeting, the one who called it included.",
    (
        Column("attendee_id", "text", "key", required=True),
        Column("meeting_id", "text", "the meeting", required=True, refers_to="meeting"),
        Column("person_id", "text", "who: an id, or a hash of an address", required=True),
        Column("is_customer", "boolean", "of the customer, not one of us", required=True),
        Column("is_declined", "boolean", "did not want to come, or did not", required=True),
    ),
    is_optional=True,
)

MESSAGE = Table(
    "message",
    "An e-mail to or from a customer; its words and addresses are not read.",
    (
        Column("message_id", "text", "key", required=True),
        Column("account_id", "text", "the customer", refers_to="account"),
        Column("opportunity_id", "text", "the deal, where it is about one"),
        Column("sent_date", "date", "the day it was sent, in the reporting zone", required=True),
        Column("is_inbound", "boolean", "from the customer", required=True),
        Column("is_automated", "boolean", "written by no person: a sequence, an absence notice", required=True),
    ),
    is_optional=True,
)

MESSAGE_PARTY = Table(
    "message_party",
    "One side of a message.",
    (
        Column("party_id", "text", "key", required=True),
        Column("message_id", "text", "the message", required=True, refers_to="message"),
        Column("person_id", "text", "who: an id, or a hash of an address", required=True),
        Column("role", "text", "sender or recipient", required=True, values=("from", "to", "cc", "bcc", "other")),
    ),
    is_optional=True,
)
