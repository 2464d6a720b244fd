"""S22: what holds the commission of a won deal, and what released it."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.commission_release import decided
from tasks.metrics.known_sums import known_sums
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input
from tasks.metrics.money import in_reporting


def commission_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of each deal's commission whether it is held, and why: a table for payroll to read, which pays nothing.

    Pending while the deal is open and its form begun; held from the day it is won; released once, on the first day on
    which a version in force has five valid elements and is signed: a later edit sets a flag and never holds again.
    Overridden where someone let it pass before that and both who and why are recorded. Void when the deal is lost or
    the payout cancelled. Amounts are known where a payout is, several payouts of a deal together.
    """
    rows = decided(frames, policy, as_of=as_of)
    rows = rows.join(_payout(frames, rows), on="opportunity_id", how="left")
    rows = rows.join(_override(frames["commission"], as_of), on="opportunity_id", how="left")
    rows = with_missing_input(rows, frames["feed"], "handoff_form")
    is_cancelled = (nw.col("payout_count") > 0) & (nw.col("payout_count") == nw.col("cancelled_count"))
    released, overridden = nw.col("released_date"), nw.col("override_date")
    rows = rows.with_columns(
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(nw.col("outcome") == "open")
        .then(nw.lit("pending"))
        .when((nw.col("outcome") == "lost") | is_cancelled.fill_null(False))
        .then(nw.lit("void"))
        .when(~released.is_null() & (overridden.is_null() | (released <= overridden)))
        .then(nw.lit("released"))
        .when(~overridden.is_null())
        .then(nw.lit("overridden"))
        .otherwise(nw.lit("held"))
        .alias("state")
    )
    reason = (
        nw.when(nw.col("state") == "held")
        .then(nw.col("shortfall"))
        .when((nw.col("state") == "void") & (nw.col("outcome") == "lost"))
        .then(nw.lit("deal_lost"))
        .when(nw.col("state") == "void")
        .then(nw.lit("payout_cancelled"))
    )
    is_released, is_held = nw.col("state") == "released", nw.col("state") == "held"
    is_overridden = nw.col("state") == "overridden"
    return rows.with_columns(
        reason.alias("reason"),
        nw.when(is_released).then(released).alias("released_date"),
        nw.when(is_released).then(nw.col("released_version_id")).alias("released_version_id"),
        (is_released & (nw.col("is_replaced").fill_null(0) == 1)).alias("is_edited_after_release"),
        *(nw.when(is_overridden).then(nw.col(name)).alias(name) for name in OVERRIDE),
        nw.when(is_held).then(nw.col("payout_minor")).otherwise(nw.col("payout_minor") * 0).alias("held_minor"),
    )


OVERRIDE = ("override_date", "overridden_by_id", "override_reason")


def _payout(frames: Frames, deals: nw.LazyFrame) -> nw.LazyFrame:
    """By deal, what it is to pay, at the exchange table of the month it was closed in."""
    splits = frames["commission"].join(deals.select("opportunity_id", "close_date"), on="opportunity_id", how="inner")
    splits = in_reporting(splits, frames["fx_rate"], "payout_minor", "amount_minor", "currency", "close_date")
    is_kept = ~nw.col("is_cancelled")
    splits = splits.select(
        "opportunity_id",
        nw.when(is_kept).then(nw.col("payout_minor")).otherwise(0).alias("payout_minor"),
        nw.lit(1).cast(nw.Int64).alias("payout_count"),
        nw.when(is_kept).then(0).otherwise(1).cast(nw.Int64).alias("cancelled_count"),
        nw.when(is_kept).then(nw.col("payable_date")).alias("payable_date"),
    )
    sums = ("payout_minor", "payout_count", "cancelled_count")
    return known_sums(splits, ("opportunity_id",), sums, greatest=("payable_date",))


def _override(commission: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """By deal, the first override by the day that says who and why."""
    made = commission.filter(
        nw.col("override_date") <= nw.lit(as_of),
        ~nw.col("overridden_by_id").is_null(),
        ~nw.col("override_reason").is_null(),
    )
    earlier = nw.col("override_date").shift(1).over("opportunity_id", order_by=("override_date", "commission_id"))
    made = made.with_columns(earlier.alias("_earlier")).filter(nw.col("_earlier").is_null())
    return made.select("opportunity_id", *OVERRIDE)


COMMISSION_DEAL = Metric(
    table="commission_deal",
    grain=("opportunity_id",),
    inputs=("opportunity", "commission", "fx_rate", "form_version", "feed"),
    columns={
        "opportunity_id": "the deal",
        "account_id": "the customer",
        "close_date": "the day it was or should be decided",
        "state": "pending, held, released, overridden, void, or unknown",
        "reason": "held: no_form, withdrawn, incomplete or unsigned; void: deal_lost or payout_cancelled; else null",
        "released_date": "the day it was released",
        "released_version_id": "the version of the form that released it",
        "is_edited_after_release": "the form has changed since; the release stands",
        "override_date": "the day someone let it pass",
        "overridden_by_id": "who did",
        "override_reason": "and why, as the CRM names it",
        "payable_date": "the payout it would be part of, the last of several",
        "payout_minor": "what it is to pay; null where no payout, or not every amount, is known",
        "held_minor": "of that, what is held",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=commission_deal,
    keep="month_ends",
)
