"""The deals whose commission waits for a handoff form, and the first version of the form that releases it."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.distinct import distinct
from tasks.metrics.form_version import VALID
from tasks.metrics.metric import Frames


def decided(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Each deal with its `outcome` by the day: won, or else lost or open with a form begun by then.

    `released_date`, `released_version_id` and `is_replaced` (1: by a later version) tell of the release, `shortfall` of
    what the newest version still lacks.
    """
    rules, is_due = policy.handoff, nw.col("close_date") <= nw.lit(as_of)
    deals = frames["opportunity"].filter(
        nw.col("opportunity_type").is_in(rules.deal_types), nw.col("close_date") >= nw.lit(rules.applies_from)
    )
    deals = deals.with_columns(
        nw.when(nw.col("is_won") & is_due)
        .then(nw.lit("won"))
        .when(nw.col("is_closed") & is_due)
        .then(nw.lit("lost"))
        .otherwise(nw.lit("open"))
        .alias("outcome")
    ).select("opportunity_id", "account_id", "close_date", "outcome")
    forms = frames["form_version"]
    begun = distinct(forms, "opportunity_id").with_columns(nw.col("opportunity_id").alias("_begun"))
    deals = deals.join(begun, on="opportunity_id", how="left")
    deals = deals.filter((nw.col("outcome") == "won") | ~nw.col("_begun").is_null())
    deals = deals.join(_shortfall(forms), on="opportunity_id", how="left")
    deals = deals.with_columns(nw.col("shortfall").fill_null("no_form"))
    return deals.join(_released(forms, deals, as_of), on="opportunity_id", how="left")


def _released(forms: nw.LazyFrame, deals: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """By deal, the first day on which a version in force was whole and signed, and the deal won."""
    won = deals.filter(nw.col("outcome") == "won").select("opportunity_id", "close_date")
    whole = forms.filter(_is_complete(), ~nw.col("signed_date").is_null()).join(won, on="opportunity_id", how="inner")
    whole = whole.with_columns(nw.col("recorded_date").alias("released_date"))
    for other in ("signed_date", "close_date"):
        later = nw.when(nw.col(other) > nw.col("released_date")).then(nw.col(other)).otherwise(nw.col("released_date"))
        whole = whole.with_columns(later.alias("released_date"))
    replaced = nw.col("replaced_date")
    whole = whole.filter(
        nw.col("released_date") <= nw.lit(as_of), replaced.is_null() | (nw.col("released_date") <= replaced)
    )
    order = ("released_date", "recorded_date", "version_number", "form_version_id")
    earlier = nw.col("released_date").shift(1).over("opportunity_id", order_by=order)
    whole = whole.with_columns(earlier.alias("_earlier")).filter(nw.col("_earlier").is_null())
    return whole.select(
        "opportunity_id",
        "released_date",
        nw.col("form_version_id").alias("released_version_id"),
        nw.when(nw.col("is_newest")).then(0).otherwise(1).alias("is_replaced"),
    )


def _shortfall(forms: nw.LazyFrame) -> nw.LazyFrame:
    """By deal, why its newest version releases nothing; a form that lacks nothing but the signature is unsigned."""
    return forms.filter(nw.col("is_newest")).select(
        "opportunity_id",
        nw.when(nw.col("is_withdrawn"))
        .then(nw.lit("withdrawn"))
        .when(~_is_complete())
        .then(nw.lit("incomplete"))
        .otherwise(nw.lit("unsigned"))
        .alias("shortfall"),
    )


def _is_complete() -> nw.Expr:
    whole = nw.col(VALID[0])
    for name in VALID[1:]:
        whole = whole & nw.col(name)
    return whole
