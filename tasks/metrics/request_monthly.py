"""S35: who answers what, by month and tier."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.distinct import distinct
from tasks.metrics.known_sums import known_sums
from tasks.metrics.leakage_sums import percent
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input

COUNTS = {
    "request_count": "requests made in the month",
    "reactive_count": "of them reactive",
    "proactive_count": "of them proactive",
    "strategic_count": "of them strategic",
    "unclassified_count": "of a type that policy.yaml does not name",
    "routed_count": "whose kind and team are both known",
    "misrouted_count": "of those, gone to the other team",
    "rated_count": "rated by the customer",
    "good_count": "of those, rated good",
}


def request_monthly(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Share of the requests of each month that went to the wrong team, by the customer's tier.

    Reactive requests belong to support, proactive and strategic ones to customer success; `routed_count` is the
    denominator of `misrouted_pct`, `rated_count` that of `good_pct`. The month is that of the request, the tier the
    customer's now. The month of the day is shown for every tier that has customers, even without requests. Nothing is
    known, and null, where no source of tickets was ever read.
    """
    tickets = frames["request_ticket"].select("month", "tier", *(_counted(name) for name in COUNTS))
    tiers = distinct(frames["account_tier"].filter(nw.col("tier") != "unknown"), "tier")
    none = (nw.lit(0).cast(nw.Int64).alias(name) for name in COUNTS)
    tiers = tiers.select(nw.lit(as_of.replace(day=1)).cast(nw.Date).alias("month"), "tier", *none)
    rows = known_sums(nw.concat([tickets, tiers]), ("month", "tier"), tuple(COUNTS))
    rows = with_missing_input(rows, frames["feed"], "ticket")
    rows = rows.with_columns((nw.col(name) + nw.col("known_zero")).alias(name) for name in COUNTS)
    return rows.with_columns(
        percent("misrouted_count", "routed_count").alias("misrouted_pct"),
        percent("good_count", "rated_count").alias("good_pct"),
    )


def _counted(name: str) -> nw.Expr:
    kind = nw.col("kind")
    counted = {
        "request_count": ~nw.col("ticket_id").is_null(),
        "reactive_count": kind == "reactive",
        "proactive_count": kind == "proactive",
        "strategic_count": kind == "strategic",
        "unclassified_count": kind == "unknown",
        "routed_count": nw.col("is_routed"),
        "misrouted_count": nw.col("is_misrouted"),
        "rated_count": ~nw.col("rating").is_null(),
        "good_count": nw.col("rating") == "good",
    }[name]
    return as_count(counted).alias(name)


REQUEST_MONTHLY = Metric(
    table="request_monthly",
    grain=("month", "tier"),
    inputs=("request_ticket", "account_tier", "feed"),
    columns={
        "month": "first day of the month in which the requests were made",
        "tier": "the customers' tier now; unmatched where no account matches",
        **COUNTS,
        "misrouted_pct": "misrouted requests in percent of those routed",
        "good_pct": "good ratings in percent of all",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=request_monthly,
)
