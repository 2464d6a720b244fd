"""What customers ask for after the sale, and who answers."""

from tasks.core.tables.shape import Column, Table

TICKET = Table(
    "ticket",
    "A request of a customer, in whichever system it was made.",
    (
        Column("ticket_id", "text", "key", required=True),
        Column("account_id", "text", "the customer; null where the source names none", refers_to="account"),
        Column("customer_ref", "text", "what the source itself calls the customer, to find those that match none"),
        Column("request_type", "text", "what is asked for, as the source names it"),
        Column("team", "text", "the team that handles it, as the source names it"),
        Column("opened_date", "date", "the day it was made, in the reporting zone, as are the others", required=True),
        Column("escalated_date", "date", "the day it was escalated; null when it never was"),
        Column("replied_date", "date", "the day a person first answered; null while nobody has"),
        Column("reply_seconds", "integer", "time from its making to that answer"),
        Column("closed_date", "date", "the day it was solved; null while open"),
        Column("rating", "text", "what the customer said of the answer", values=("good", "bad")),
        Column("rated_date", "date", "the day of that rating"),
    ),
    is_optional=True,
)

ESCALATION_ROUTE = Table(
    "escalation_route",
    "Whom a customer reaches when things go wrong: a queue, a team or a person.",
    (
        Column("route_id", "text", "key", required=True),
        Column("account_id", "text", "the customer", required=True, refers_to="account"),
        Column("reaches", "text", "the queue, team or person, as the source names it", required=True),
    ),
    is_optional=True,
)
