"""Which team of ours had a contact with a customer."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.distinct import distinct
from tasks.metrics.metric import Frames, Metric


def touch(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """A customer's contact, once for each team with someone in the meeting, or to whom the message was written.

    A joint meeting counts for both teams. Someone's team is that of their roles, at whichever customer: a colleague who
    steps in counts.
    """
    teams = distinct(frames["team_member"], "person_id", "team")
    there = frames["meeting_attendee"].filter(~nw.col("is_customer"), ~nw.col("is_declined"))
    asked = frames["message_party"].filter(nw.col("role") == "to")
    sides = nw.concat(
        [
            there.select("person_id", contact_id="meeting_id", kind=nw.lit("meeting")),
            asked.select("person_id", contact_id="message_id", kind=nw.lit("message")),
        ],
        how="vertical",
    )
    sides = distinct(sides.join(teams, on="person_id", how="inner"), "kind", "contact_id", "team")
    return frames["customer_contact"].join(sides, on=["kind", "contact_id"], how="inner")


TOUCH = Metric(
    table="touch",
    grain=("kind", "contact_id", "team"),
    inputs=("customer_contact", "meeting_attendee", "message_party", "team_member"),
    columns={
        "kind": "meeting or message",
        "contact_id": "the meeting or the message",
        "team": "sales, implementation or customer_success",
        "account_id": "the customer",
        "contact_date": "the day",
    },
    compute=touch,
    is_step=True,
)
