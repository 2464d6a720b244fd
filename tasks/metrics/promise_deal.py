"""S09: how many of a won deal's promises are mapped to its delivery."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.as_count import as_count
from tasks.metrics.handoff_deal import DEAL
from tasks.metrics.known_sums import known_sums
from tasks.metrics.leakage_sums import percent
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.missing_input import with_missing_input

# The counts, and the states of a promise that they count.
COUNTS = {
    "mapped_count": "mapped",
    "late_count": "mapped_late",
    "unmapped_count": "unmapped",
    "pending_count": "pending",
}
NUMBERS = ("promised_count", *COUNTS)


def promise_deal(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Count the promises, requirements and custom agreements of each won deal by what they are mapped to.

    Mapped promises over all promised at the start of the first project; what is mapped later does not count there. A
    deal that promised nothing has no percentage. Nothing is known where the source has no promises at all.
    """
    promises = frames["promise_item"].select(
        "opportunity_id",
        nw.lit(1).cast(nw.Int64).alias("promised_count"),
        *(as_count(nw.col("state") == state).alias(name) for name, state in COUNTS.items()),
    )
    promises = known_sums(promises, ("opportunity_id",), NUMBERS)
    deals = frames["handoff_deal"].join(promises, on="opportunity_id", how="left")
    deals = with_missing_input(deals, frames["feed"], "promise")
    deals = deals.with_columns((nw.col("known_zero") + nw.col(name).fill_null(0)).alias(name) for name in NUMBERS)
    state = nw.when(~nw.col("missing_input").is_null()).then(nw.lit("unknown"))
    state = state.when(nw.col("unmapped_count") > 0).then(nw.lit("unmapped"))
    state = state.when(nw.col("pending_count") > 0).then(nw.lit("pending"))
    state = state.when(nw.col("late_count") > 0).then(nw.lit("mapped_late"))
    state = state.when(nw.col("promised_count") > 0).then(nw.lit("mapped")).otherwise(nw.lit("none"))
    return deals.with_columns(percent("mapped_count", "promised_count").alias("mapped_pct"), state.alias("state"))


PROMISE_DEAL = Metric(
    table="promise_deal",
    grain=("opportunity_id",),
    inputs=("handoff_deal", "promise_item", "feed"),
    columns={
        **DEAL,
        "promised_count": "promises, requirements and custom agreements; denominator of the percentage",
        "mapped_count": "those mapped to a task or to the scope by the start of the first project",
        "late_count": "those mapped since",
        "unmapped_count": "those that nothing delivers, though there is a project",
        "pending_count": "those that nothing delivers yet, without a project",
        "mapped_pct": "mapped in percent of all; null when nothing was promised",
        "state": "none (nothing promised), unmapped, pending, mapped_late, mapped (all, in time), or unknown",
        "missing_input": "the table that was never read, when that is why nothing is known",
    },
    compute=promise_deal,
    contributes_to=("closing_monthly",),
    keep="month_ends",
)
