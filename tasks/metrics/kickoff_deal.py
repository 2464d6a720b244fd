"""S28: the kickoff of each won deal, and whether the customer confirmed the goals."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.handoff_deal import DEAL
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input

SETTLED = ("confirmed", "changed")


def kickoff_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of the newest kickoff held for each won deal whether it followed the template and settled the goals.

    Confirmed or changed: by the template, the goals of the handoff form shown, and the customer answered by the day.
    Unconfirmed: by the template, but the goals were not shown or not answered. Asking the customer to explain it all
    again is the mark of a broken handoff. Mandatory for every tier; nothing is known, and null, where the source has no
    kickoffs at all.
    """
    held = frames["kickoff"].filter(nw.col("held_date") <= nw.lit(as_of))
    later = nw.col("held_date").shift(-1).over("opportunity_id", order_by=("held_date", "kickoff_id"))
    held = held.with_columns(later.alias("_later")).filter(nw.col("_later").is_null())
    is_answered = (nw.col("answered_date") <= nw.lit(as_of)).fill_null(True)
    held = held.select(
        "opportunity_id",
        "held_date",
        "is_template_used",
        "is_goals_shown",
        nw.when(is_answered).then(nw.col("goals_answer")).alias("goals_answer"),
    )
    deals = frames["handoff_deal"].join(held, on="opportunity_id", how="left")
    deals = with_missing_input(deals, frames["feed"], "kickoff")
    deals = deals.with_columns(
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(nw.col("held_date").is_null())
        .then(nw.lit("none"))
        .when(~nw.col("is_template_used"))
        .then(nw.lit("no_template"))
        .when(~nw.col("is_goals_shown") | nw.col("goals_answer").is_null())
        .then(nw.lit("unconfirmed"))
        .otherwise(nw.col("goals_answer"))
        .alias("state")
    )

    flags = {"is_held": nw.col("state") != "none", "is_settled": nw.col("state").is_in(SETTLED)}
    return deals.with_columns(
        (nw.col("known_zero") + nw.when(flag).then(1).otherwise(0) == 1).alias(name) for name, flag in flags.items()
    )


KICKOFF_DEAL = Metric(
    table="kickoff_deal",
    grain=("opportunity_id",),
    inputs=("handoff_deal", "kickoff", "feed"),
    columns={
        **DEAL,
        "held_date": "the day of the newest kickoff held",
        "is_template_used": "by the standard template; null without a kickoff",
        "is_goals_shown": "the goals of the handoff form were shown; null without a kickoff",
        "goals_answer": "confirmed or changed by the customer; null without an answer",
        "is_held": "a kickoff was held",
        "is_settled": "the customer confirmed or changed the goals shown, by the template",
        "state": "none, no_template, unconfirmed, confirmed, changed, or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=kickoff_deal,
    contributes_to=("handoff_monthly",),
    keep="month_ends",
)
