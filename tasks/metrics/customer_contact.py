"""The moments in which a customer was really in touch: meetings held with them, and what they wrote."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.distinct import distinct
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.wording import plain


def customer_contact(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """A meeting that was held with someone of the customer, or a message that someone of the customer wrote.

    Held is what the policy's outcomes say, or what nobody says otherwise of, once its day has come: a no-show is no
    contact, nor is a meeting that the customer declined. An automatic message is none.
    """
    met = (
        frames["meeting"].filter(nw.col("meeting_date") <= nw.lit(as_of)).with_columns(plain("outcome").alias("_said"))
    )
    met = met.filter((nw.col("_said") == "") | nw.col("_said").is_in(policy.handoff.held_outcomes))
    there = frames["meeting_attendee"].filter(nw.col("is_customer"), ~nw.col("is_declined"))
    met = met.join(distinct(there, "meeting_id"), on="meeting_id", how="inner")
    wrote = frames["message"].filter(
        nw.col("is_inbound"), ~nw.col("is_automated"), nw.col("sent_date") <= nw.lit(as_of)
    )
    return nw.concat(
        [
            met.select("account_id", contact_id="meeting_id", contact_date="meeting_date", kind=nw.lit("meeting")),
            wrote.select("account_id", contact_id="message_id", contact_date="sent_date", kind=nw.lit("message")),
        ],
        how="vertical",
    )


CUSTOMER_CONTACT = Metric(
    table="customer_contact",
    grain=("kind", "contact_id"),
    inputs=("meeting", "meeting_attendee", "message"),
    columns={
        "kind": "meeting or message",
        "contact_id": "the meeting or the message",
        "account_id": "the customer",
        "contact_date": "the day",
    },
    compute=customer_contact,
    is_step=True,
)
