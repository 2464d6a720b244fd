"""S21: the five-element handoff form of each won deal."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.form_version import VALID
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input


def handoff_form_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Count the valid elements of the handoff form of each won deal: goals, stakeholders, timeline, metrics, concerns.

    Goals and expected outcomes must both say something; a stakeholder needs a role; the timeline a date; success
    metrics a measure and a target; concerns must be said, and "none" needs an author. Placeholders (policy.yaml) say
    nothing. Complete is five of five; a form counts as signed once its signing day has come. Renewals and expansions
    need none. Nothing is known, and null, where the source has no handoff forms at all.
    """
    forms = frames["form_version"].filter(nw.col("is_newest"), ~nw.col("is_withdrawn"))
    # As numbers, because plain booleans come out of a left join as objects on pandas.
    forms = forms.select(
        "opportunity_id",
        "form_version_id",
        nw.when(nw.col("signed_date") <= nw.lit(as_of)).then(nw.col("signed_date")).alias("signed_date"),
        *(as_count(nw.col(name)).alias(name) for name in VALID),
    )
    deals = frames["handoff_deal"].join(forms, on="opportunity_id", how="left")
    deals = with_missing_input(deals, frames["feed"], "handoff_form")
    held = nw.when(~nw.col("form_version_id").is_null()).then(1).otherwise(0)
    flags = {"has_form": held, **{name: nw.col(name).fill_null(0).cast(nw.Int64) for name in VALID}}
    deals = deals.with_columns((nw.col("known_zero") + flag).alias(name) for name, flag in flags.items())
    count = sum((nw.col(name) for name in VALID[1:]), nw.col(VALID[0]))
    deals = deals.with_columns(count.alias("valid_count"), *((nw.col(name) == 1).alias(name) for name in flags))
    deals = deals.with_columns((nw.col("valid_count") == len(VALID)).alias("is_complete"))
    is_signed = nw.when(nw.col("is_complete") & ~nw.col("signed_date").is_null()).then(1).otherwise(0)
    deals = deals.with_columns((nw.col("known_zero") + is_signed == 1).alias("is_signed"))
    return deals.with_columns(
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(~nw.col("has_form"))
        .then(nw.lit("none"))
        .when(~nw.col("is_complete"))
        .then(nw.lit("incomplete"))
        .when(~nw.col("is_signed"))
        .then(nw.lit("unsigned"))
        .otherwise(nw.lit("signed"))
        .alias("state")
    )


HANDOFF_FORM_DEAL = Metric(
    table="handoff_form_deal",
    grain=("opportunity_id",),
    inputs=("handoff_deal", "form_version", "feed"),
    columns={
        "opportunity_id": "the deal",
        "account_id": "the customer",
        "close_date": "the day it was won",
        "month": "first day of that month",
        "acv_minor": "its amount, taken as its annual value",
        "tier": "digital, mixed, high_touch or full_team by that amount, else unknown",
        "has_form": "there is a form",
        "is_goals_valid": "goals and expected outcomes both say something",
        "is_stakeholders_valid": "a sponsor or an administrator has a role",
        "is_timeline_valid": "there is a target date",
        "is_success_metrics_valid": "there are a measure and a target",
        "is_concerns_valid": "concerns are said, or their absence has an author",
        "valid_count": "valid elements of the five",
        "is_complete": "all five are valid",
        "signed_date": "the day sales signed the form",
        "is_signed": "all five are valid and the form is signed",
        "state": "none, incomplete, unsigned (complete), signed (complete), or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=handoff_form_deal,
    contributes_to=("handoff_monthly",),
    keep="month_ends",
)
