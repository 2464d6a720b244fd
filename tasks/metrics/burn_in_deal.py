"""S24: whether implementation and customer success both look after a customer in the days after the go-live."""

from datetime import date, timedelta

import narwhals as nw

from config.policy import Policy
from tasks.metrics.handoff_deal import DEAL
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input

TEAMS = ("implementation", "customer_success")


def burn_in_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Tell of the `burn_in_days` from each won deal's go-live on whether both teams are assigned and in touch.

    A touch is a meeting held with someone of the customer, or a message that the customer wrote to the team; automatic
    messages and no-shows are none, a joint meeting counts for both. The verdict falls when the days are over: covered
    or uncovered; until then the deal is open. What is seen covers, whatever else is not read; what is not seen is
    unknown while an input is missing.
    """
    deals = frames["handoff_deal"].join(frames["delivery_deal"], on="opportunity_id", how="left")
    after = (nw.col("go_live_date") + timedelta(days=policy.handoff.burn_in_days)).cast(nw.Date)
    deals = deals.with_columns(after.alias("burn_in_end_date"))
    windows = deals.filter(~nw.col("go_live_date").is_null())
    windows = windows.select("opportunity_id", "account_id", "go_live_date", "burn_in_end_date")
    for team in TEAMS:
        for name, seen in (("assigned", _assigned(frames, windows, team)), ("touch", _touched(frames, windows, team))):
            seen = seen.group_by("opportunity_id").agg(nw.len().alias(f"{team}_{name}_count"))
            deals = deals.join(seen, on="opportunity_id", how="left")
    counts = [f"{team}_{name}_count" for team in TEAMS for name in ("assigned", "touch")]
    deals = with_missing_input(deals, frames["feed"], *INPUTS)
    deals = deals.with_columns(nw.col(name).fill_null(0).cast(nw.Int64) for name in counts)
    is_covered = nw.col(counts[0]) > 0
    for name in counts[1:]:
        is_covered = is_covered & (nw.col(name) > 0)
    deals = deals.with_columns(is_covered.alias("_is_covered"))
    return deals.with_columns(
        nw.when(nw.col("go_live_date").is_null())
        .then(nw.lit("none"))
        .when(nw.col("burn_in_end_date") > nw.lit(as_of))
        .then(nw.lit("open"))
        .when(nw.col("_is_covered"))
        .then(nw.lit("covered"))
        .when(~nw.col("missing_input").is_null())
        .then(nw.lit("unknown"))
        .otherwise(nw.lit("uncovered"))
        .alias("state")
    )


INPUTS = ("ownership", "meeting", "meeting_attendee", "message", "message_party")


def _assigned(frames: Frames, windows: nw.LazyFrame, team: str) -> nw.LazyFrame:
    """The team's ownerships of the customer that lie, in part at least, in the window."""
    owners = frames["team_member"].filter(nw.col("team") == team).select("account_id", "start_date", "end_date")
    owners = windows.join(owners, on="account_id", how="inner")
    return owners.filter(
        nw.col("start_date") < nw.col("burn_in_end_date"),
        nw.col("end_date").is_null() | (nw.col("end_date") > nw.col("go_live_date")),
    )


def _touched(frames: Frames, windows: nw.LazyFrame, team: str) -> nw.LazyFrame:
    """The team's touches in the window."""
    touches = frames["touch"].filter(nw.col("team") == team).select("account_id", "contact_date")
    touches = windows.join(touches, on="account_id", how="inner")
    return touches.filter(
        nw.col("contact_date") >= nw.col("go_live_date"), nw.col("contact_date") < nw.col("burn_in_end_date")
    )


BURN_IN_DEAL = Metric(
    table="burn_in_deal",
    grain=("opportunity_id",),
    inputs=("handoff_deal", "delivery_deal", "team_member", "touch", "feed"),
    columns={
        **DEAL,
        "go_live_date": "the day the first of its projects went live",
        "burn_in_end_date": "the first day after the burn-in: the verdict's",
        "implementation_assigned_count": "assignments of implementation to the customer in the burn-in",
        "implementation_touch_count": "touches of that team in it, as far as seen",
        "customer_success_assigned_count": "assignments of customer success to the customer in the burn-in",
        "customer_success_touch_count": "touches of that team in it, as far as seen",
        "state": "none (not live), open, covered, uncovered, or unknown",
        "missing_input": "a table that was never read, and might have shown more",
    },
    compute=burn_in_deal,
    keep="month_ends",
)
