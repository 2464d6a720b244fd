"""S15 and S27: the escalations of each customer, and whether it has a way to a person."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.distinct import distinct
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input

COUNTS = ("new_count", "open_count", "late_count")


def escalation_account(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Count the escalations of each customer, new and open, and those that no person answered in time.

    A customer of the digital tier has nobody of its own to call, so it must have an escalation route; the others need
    none. A breach is a digital customer without a route, or any customer with an escalation that is late and new or
    open. Customers are the accounts with revenue at the end of the newest complete month, and those with escalations.
    Nothing is known, and null, where tickets were never read; routes that were never read make digital customers
    unknown only.
    """
    tickets = frames["escalation_ticket"].filter(~nw.col("account_id").is_null())
    counts = tickets.select("account_id", "reply_seconds", *(_counted(name).alias(name) for name in COUNTS))
    new_answer = nw.when(nw.col("new_count") == 1).then(nw.col("reply_seconds"))
    counts = counts.with_columns(new_answer.alias("slowest_reply_seconds"))
    counts = counts.group_by("account_id").agg(
        *(nw.col(name).sum() for name in COUNTS), nw.col("slowest_reply_seconds").max(), nw.len().alias("_escalations")
    )
    routes = distinct(frames["escalation_route"], "account_id").with_columns(nw.lit(1).cast(nw.Int64).alias("_route"))
    rows = frames["account_tier"].join(counts, on="account_id", how="left").join(routes, on="account_id", how="left")
    rows = rows.filter((nw.col("tier") != "unknown") | ~nw.col("_escalations").is_null())
    rows = with_missing_input(rows, frames["feed"], "escalation_route")
    is_digital = nw.col("tier") == "digital"
    rows = rows.with_columns(
        (nw.col("known_zero") + nw.col("_route").fill_null(0) == 1).alias("has_route"),
        nw.when(is_digital).then(nw.col("missing_input")).alias("_missing_route"),
    ).drop("missing_input", "known_zero")
    rows = with_missing_input(rows, frames["feed"], "ticket")
    rows = rows.with_columns(
        nw.coalesce("missing_input", "_missing_route").alias("missing_input"),
        *((nw.col("known_zero") + nw.col(name).fill_null(0)).cast(nw.Int64).alias(name) for name in COUNTS),
    )
    return rows.with_columns(
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(is_digital & ~nw.col("has_route"))
        .then(nw.lit("no_route"))
        .when(nw.col("late_count") > 0)
        .then(nw.lit("late"))
        .otherwise(nw.lit("in_order"))
        .alias("state")
    )


def _counted(name: str) -> nw.Expr:
    is_live = nw.col("is_new") | nw.col("is_open")
    counted = {
        "new_count": nw.col("is_new"),
        "open_count": nw.col("is_open"),
        "late_count": nw.col("is_late") & is_live,
    }[name]
    return as_count(counted)


ESCALATION_ACCOUNT = Metric(
    table="escalation_account",
    grain=("account_id",),
    inputs=("escalation_ticket", "escalation_route", "account_tier", "feed"),
    columns={
        "account_id": "the customer",
        "tier": "its tier now",
        "acv_minor": "its annual value: twelve times its MRR",
        "has_route": "it has an escalation route; null where routes were never read",
        "new_count": "escalations of the last `escalation_days`",
        "open_count": "escalations not solved",
        "late_count": "new or open escalations that no person answered in time",
        "slowest_reply_seconds": "longest time to a person among the new ones that were answered",
        "state": "no_route (digital tier), late, in_order, or unknown; the first two are breaches",
        "missing_input": "the table that was never read, when that is why it is unknown",
    },
    compute=escalation_account,
    keep="month_ends",
)
