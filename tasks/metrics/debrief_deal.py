"""S06: whether delivery debriefed customer success before the final sign-off of each won deal."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.handoff_deal import DEAL
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input
from tasks.metrics.wording import plain, says

CONTENT = ("sentiment", "workarounds", "executive_goals")
SAID = tuple(f"is_{name}_said" for name in CONTENT)


def debrief_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of each won deal whether its internal debrief says what it must and was held before the final sign-off.

    Sentiment, workarounds and executive goals must each say something; placeholders (policy.yaml) say nothing. The
    debrief must lie before the day of the final sign-off, or stand without one so far. Of several the newest that is
    complete and in time counts, else the newest. Due: a closeout meeting is scheduled or held and there was none;
    missed: signed off without any. Nothing is known where the source has no debriefs or no closeouts at all.
    """
    signed = nw.when(nw.col("signed_date") <= nw.lit(as_of)).then(nw.col("signed_date"))
    closings = frames["closeout"].select("opportunity_id", "meeting_date", signed.alias("signoff_date"))
    closings = closings.group_by("opportunity_id").agg(nw.col("meeting_date").max(), nw.col("signoff_date").max())
    debriefs = _counting(frames["debrief"].filter(nw.col("held_date") <= nw.lit(as_of)), closings, policy)
    deals = frames["handoff_deal"].join(closings, on="opportunity_id", how="left")
    deals = deals.join(debriefs, on="opportunity_id", how="left")
    deals = with_missing_input(deals, frames["feed"], "debrief", "closeout")
    flags = {name: nw.col(name).fill_null(0) for name in (*SAID, "is_complete", "is_in_time")}
    flags["is_signed_off"] = as_count(~nw.col("signoff_date").is_null())
    flags["is_debriefed"] = flags["is_in_time"] * flags["is_signed_off"]
    deals = deals.with_columns((nw.col("known_zero") + flag == 1).alias(name) for name, flag in flags.items())
    return deals.with_columns(_state().alias("state"))


def _counting(debriefs: nw.LazyFrame, closings: nw.LazyFrame, policy: Policy) -> nw.LazyFrame:
    """The debrief of each deal that counts, its flags as numbers."""
    debriefs = debriefs.join(closings.select("opportunity_id", "signoff_date"), on="opportunity_id", how="left")
    debriefs = debriefs.with_columns(plain(name).alias(f"_{name}") for name in CONTENT)
    said = {flag: says(f"_{name}", policy.handoff.placeholders) for name, flag in zip(CONTENT, SAID, strict=True)}
    debriefs = debriefs.with_columns(as_count(is_said).alias(flag) for flag, is_said in said.items())
    is_complete = nw.col(SAID[0]) * nw.col(SAID[1]) * nw.col(SAID[2])
    is_early = nw.col("signoff_date").is_null() | (nw.col("held_date") < nw.col("signoff_date"))
    debriefs = debriefs.with_columns(
        is_complete.alias("is_complete"), (is_complete * as_count(is_early)).alias("is_in_time")
    )
    order = ("is_in_time", "held_date", "debrief_id")
    later = nw.col("held_date").shift(-1).over("opportunity_id", order_by=order)
    debriefs = debriefs.with_columns(later.alias("_later")).filter(nw.col("_later").is_null())
    return debriefs.select("opportunity_id", "held_date", *SAID, "is_complete", "is_in_time")


def _state() -> nw.Expr:
    is_held = ~nw.col("held_date").is_null()
    return (
        nw.when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .when(nw.col("is_in_time"))
        .then(nw.lit("complete"))
        .when(nw.col("is_complete"))
        .then(nw.lit("late"))
        .when(is_held)
        .then(nw.lit("incomplete"))
        .when(nw.col("is_signed_off"))
        .then(nw.lit("missed"))
        .when(~nw.col("meeting_date").is_null())
        .then(nw.lit("due"))
        .otherwise(nw.lit("none"))
    )


DEBRIEF_DEAL = Metric(
    table="debrief_deal",
    grain=("opportunity_id",),
    inputs=("handoff_deal", "debrief", "closeout", "feed"),
    columns={
        **DEAL,
        "held_date": "the day of the debrief that counts",
        "is_sentiment_said": "it says how the customer's people feel",
        "is_workarounds_said": "it says which workarounds there are",
        "is_executive_goals_said": "it says what the executives want",
        "is_complete": "it says all three",
        "meeting_date": "the day of the last closeout meeting, scheduled or held",
        "signoff_date": "the day of the final sign-off",
        "is_signed_off": "there is a sign-off",
        "is_in_time": "complete, and before the sign-off if there is one",
        "is_debriefed": "signed off, and a complete debrief came before",
        "state": "none, due, missed, incomplete, late, complete (in time), or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=debrief_deal,
    contributes_to=("closing_monthly",),
    keep="month_ends",
)
