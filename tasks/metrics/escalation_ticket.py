"""S27: each escalation, and how long it took until a person answered."""

from datetime import date, timedelta

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric


def escalation_ticket(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of each request that was escalated by the day whether a person answered it in time.

    The time to a person runs from the request, whatever was escalated when: few systems know the hour of an escalation.
    Late is an answer after more than `escalation_reply_hours`; without one, an escalation is late once that many whole
    days have passed until it was solved, or until the day. New for `escalation_days`.
    """
    hours = policy.support.escalation_reply_hours
    found = frames["customer_ticket"].filter(~nw.col("escalated_date").is_null())
    due = (nw.col("opened_date") + timedelta(days=-(-hours // 24))).cast(nw.Date)
    until = nw.when(~nw.col("closed_date").is_null()).then(nw.col("closed_date")).otherwise(nw.lit(as_of))
    is_slow, is_answered = nw.col("reply_seconds") > hours * 3600, ~nw.col("replied_date").is_null()
    found = found.with_columns(
        nw.col("closed_date").is_null().alias("is_open"),
        (nw.col("escalated_date") > nw.lit(as_of - timedelta(days=policy.support.escalation_days))).alias("is_new"),
        nw.when(is_answered & is_slow)
        .then(nw.lit("answered_late"))
        .when(is_answered)
        .then(nw.lit("answered"))
        .when(due <= until)
        .then(nw.lit("unanswered"))
        .when(nw.col("closed_date").is_null())
        .then(nw.lit("waiting"))
        .otherwise(nw.lit("solved"))
        .alias("state"),
    )
    return found.with_columns(nw.col("state").is_in(("answered_late", "unanswered")).alias("is_late"))


ESCALATION_TICKET = Metric(
    table="escalation_ticket",
    grain=("ticket_id",),
    inputs=("customer_ticket",),
    columns={
        "ticket_id": "the ticket",
        "account_id": "the customer it counts for; null when no account matches",
        "customer_ref": "what the source calls the customer",
        "tier": "the customer's tier now; unmatched without an account",
        "opened_date": "the day the request was made",
        "escalated_date": "the day it was escalated",
        "replied_date": "the day a person first answered; null while nobody has",
        "reply_seconds": "time from the request to that answer",
        "closed_date": "the day it was solved; null while open",
        "is_open": "not solved",
        "is_new": "escalated within the last `escalation_days`",
        "state": "answered, answered_late, unanswered (too long), waiting or solved (without, in time)",
        "is_late": "answered late, or unanswered for too long",
    },
    compute=escalation_ticket,
    contributes_to=("escalation_account",),
    keep="latest",
)
