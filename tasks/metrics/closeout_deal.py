"""S07: the closeout meeting and the documented sign-off of each won deal."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from config.tiers import TIERS
from tasks.metrics.as_count import as_count
from tasks.metrics.handoff_deal import DEAL
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input


def closeout_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of each won deal whether its newest closeout is whole: parties, deliverables, next steps, sign-off.

    Customer, implementation and customer success all attended (a tier whose plan has no closeout meeting needs nobody
    there); every deliverable is validated, and there is at least one; the next steps of support say something; the
    sign-off is dated and its document attached. A delivery that closed without such a sign-off is named, whatever else
    there is. Nothing is known where the source has no closeouts at all; without deliverables only what hangs on them.
    """
    deals = frames["handoff_deal"].join(frames["closeout_held"], on="opportunity_id", how="left")
    closed = frames["delivery_deal"].select("opportunity_id", nw.col("closed_date").alias("delivered_date"))
    deals = deals.join(closed, on="opportunity_id", how="left")
    deals = with_missing_input(deals, frames["feed"], "deliverable").rename(
        {"missing_input": "_no_list", "known_zero": "_list_zero"}
    )
    deals = with_missing_input(deals, frames["feed"], "closeout")
    spared = [tier for tier in TIERS if "closeout_meeting" not in policy.touchpoints.of(tier)]
    is_validated = (nw.col("deliverable_count") > 0) & (nw.col("deliverable_count") == nw.col("validated_count"))
    is_attended = (nw.col("has_customer") + nw.col("has_implementation") + nw.col("has_customer_success")) == 3
    flags = {
        "is_held": ~nw.col("closeout_id").is_null(),
        "is_attended": is_attended | nw.col("tier").is_in(spared),
        "has_next_steps": nw.col("has_next_steps") == 1,
        "is_signed_off": nw.col("is_signed_off") == 1,
        "is_delivered": ~nw.col("delivered_date").is_null(),
    }
    deals = deals.with_columns((nw.col("known_zero") + as_count(flag)).alias(name) for name, flag in flags.items())
    deals = deals.with_columns(
        (nw.col("known_zero") + nw.col("_list_zero") + as_count(is_validated)).alias("is_validated"),
        (nw.col("is_delivered") * (1 - nw.col("is_signed_off"))).alias("is_closed_unsigned"),
        nw.coalesce(nw.col("missing_input"), nw.col("_no_list")).alias("missing_input"),
    )
    whole = nw.col("is_held") * nw.col("is_attended") * nw.col("has_next_steps") * nw.col("is_signed_off")
    deals = deals.with_columns((whole * nw.col("is_validated")).alias("is_complete"))
    names = (*flags, "is_validated", "is_closed_unsigned", "is_complete")
    deals = deals.with_columns((nw.col(name) == 1).alias(name) for name in names)
    return deals.with_columns(_state().alias("state"))


def _state() -> nw.Expr:
    return (
        nw.when(nw.col("is_held").is_null())
        .then(nw.lit("unknown"))
        .when(nw.col("is_closed_unsigned"))
        .then(nw.lit("closed_unsigned"))
        .when(~nw.col("is_held"))
        .then(nw.lit("none"))
        .when(nw.col("is_complete").is_null())
        .then(nw.lit("unknown"))
        .when(nw.col("is_complete"))
        .then(nw.lit("complete"))
        .otherwise(nw.lit("incomplete"))
    )


CLOSEOUT_DEAL = Metric(
    table="closeout_deal",
    grain=("opportunity_id",),
    inputs=("handoff_deal", "closeout_held", "delivery_deal", "feed"),
    columns={
        **DEAL,
        "closeout_id": "the newest closeout held or signed",
        "meeting_date": "the day of its meeting",
        "signed_date": "the day of its sign-off, with a document or without",
        "delivered_date": "the day the last of the deal's projects closed; null while one is open",
        "deliverable_count": "deliverables listed; null without a list",
        "validated_count": "those that the customer validated",
        "is_held": "there is a closeout",
        "is_attended": "customer, implementation and customer success attended, or the tier needs no meeting",
        "is_validated": "there are deliverables, and all are validated",
        "has_next_steps": "the next steps of support are set",
        "is_signed_off": "signed, and the document is attached",
        "is_complete": "a closeout that is attended, validated, with next steps and signed off",
        "is_delivered": "all projects of the deal are closed",
        "is_closed_unsigned": "they are, and there is no sign-off",
        "state": "none, incomplete, complete, closed_unsigned (the delivery closed without a sign-off), or unknown",
        "missing_input": "the table that was never read, when that is why something is unknown",
    },
    compute=closeout_deal,
    contributes_to=("closing_monthly",),
    keep="month_ends",
)
