"""The tickets that were made, each with the customer it counts for."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.account_holder import held
from tasks.metrics.metric import Frames, Metric

DAYS = ("escalated_date", "replied_date", "closed_date", "rated_date")


def customer_ticket(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Give each ticket made by the day its customer and that customer's tier; what happened later is not known yet.

    A ticket of an account that was merged away counts for the one it was merged into. A ticket whose account is not
    known keeps no account and has the tier `unmatched`.
    """
    tickets = held(frames["ticket"].filter(nw.col("opened_date") <= nw.lit(as_of)), frames["account"], as_of)
    tiers = frames["account_tier"].select("account_id", nw.col("tier").alias("_tier"))
    tickets = tickets.join(tiers, how="left", on="account_id")
    known = {name: nw.when(nw.col(name) <= nw.lit(as_of)).then(nw.col(name)) for name in DAYS}
    tickets = tickets.with_columns(*(day.alias(name) for name, day in known.items()))
    unmatched = nw.when(nw.col("account_id").is_null()).then(nw.lit("unmatched"))
    return tickets.with_columns(
        unmatched.otherwise(nw.col("_tier").fill_null("unknown")).alias("tier"),
        nw.col("opened_date").dt.truncate("1mo").cast(nw.Date).alias("month"),
        nw.when(~nw.col("replied_date").is_null()).then(nw.col("reply_seconds")).alias("reply_seconds"),
        nw.when(~nw.col("rated_date").is_null()).then(nw.col("rating")).alias("rating"),
    )


CUSTOMER_TICKET = Metric(
    table="customer_ticket",
    grain=("ticket_id",),
    inputs=("ticket", "account", "account_tier"),
    columns={
        "ticket_id": "the ticket",
        "account_id": "the customer it counts for; null when no account matches",
        "customer_ref": "what the source calls the customer",
        "tier": "that customer's tier; unmatched without one",
        "month": "first day of the month in which it was made",
        "opened_date": "the day it was made",
        "request_type": "what is asked for, as the source names it",
        "team": "the team that handles it, as the source names it",
        "escalated_date": "the day it was escalated",
        "replied_date": "the day a person first answered",
        "reply_seconds": "time until that answer",
        "closed_date": "the day it was solved",
        "rating": "good or bad",
    },
    compute=customer_ticket,
    is_step=True,
)
