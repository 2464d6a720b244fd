"""S35: each request, the team it belongs to and the team it went to."""

from collections.abc import Mapping, Sequence
from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.wording import plain


def request_ticket(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Judge of each customer's request whether it went to the right team: support or customer success.

    Reactive requests belong to support, proactive and strategic ones to customer success. Which words of the source
    mean what is in policy.yaml. A request is routed when both its kind and its team are known, and misrouted when the
    team is the other one. Made by the day, as known then, open or not; a request of no known account is `unmatched`.
    """
    rules = policy.support
    kinds = {"reactive": rules.reactive_types, "proactive": rules.proactive_types, "strategic": rules.strategic_types}
    teams = {"support": rules.support_teams, "success": rules.success_teams}
    tickets = frames["customer_ticket"].with_columns(plain("request_type").alias("_type"), plain("team").alias("_team"))
    tickets = tickets.with_columns(_named("_type", kinds).alias("kind"), _named("_team", teams).alias("handler"))
    belongs = nw.when(nw.col("kind") == "reactive").then(nw.lit("support")).when(nw.col("kind") != "unknown")
    tickets = tickets.with_columns(belongs.then(nw.lit("success")).otherwise(nw.lit("unknown")).alias("owner"))
    is_routed = (nw.col("owner") != "unknown") & (nw.col("handler") != "unknown")
    # A zero that is null on every engine where nothing is known, as in `with_missing_input`.
    known_zero = nw.when(is_routed).then(nw.col("opened_date").dt.day().cast(nw.Int64) * 0)
    wrong = nw.when(nw.col("owner") != nw.col("handler")).then(1).otherwise(0)
    return tickets.with_columns(is_routed.alias("is_routed"), (known_zero + wrong == 1).alias("is_misrouted"))


def _named(column: str, words: Mapping[str, Sequence[str]]) -> nw.Expr:
    """The name whose words the column's text is one of; no list has a word of another."""
    found = nw.lit("unknown")
    for name, some in words.items():
        found = nw.when(nw.col(column).is_in(some)).then(nw.lit(name)).otherwise(found)
    return found


REQUEST_TICKET = Metric(
    table="request_ticket",
    grain=("ticket_id",),
    inputs=("customer_ticket",),
    columns={
        "ticket_id": "the ticket",
        "account_id": "the customer it counts for; null when no account matches",
        "customer_ref": "what the source calls the customer",
        "tier": "the customer's tier now: digital, mixed, high_touch, full_team, unknown (no revenue) or unmatched",
        "month": "first day of the month in which it was made",
        "opened_date": "the day it was made",
        "request_type": "what is asked for, as the source names it",
        "kind": "reactive, proactive or strategic; unknown where policy.yaml does not name the type",
        "owner": "the team it belongs to: support, success, or unknown",
        "team": "the team that handles it, as the source names it",
        "handler": "that team: support, success, or unknown where policy.yaml does not name it",
        "is_routed": "both are known",
        "is_misrouted": "it went to the other team; null when it cannot be told",
        "closed_date": "the day it was solved; null while open",
        "rating": "good or bad, as the customer said; null without a rating",
    },
    compute=request_ticket,
    contributes_to=("request_monthly",),
    keep="latest",
)
