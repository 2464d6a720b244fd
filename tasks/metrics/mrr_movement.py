"""What moved the MRR of each account from one month's end to the next."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import mrr_book
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.recurring import month_index

MOVEMENTS = (
    "new",
    "expansion",
    "contraction",
    "churn",
    "reactivation",
    "fx",
    "merge_transfer",
    "prior_period_adjustment",
)
ORGANIC = MOVEMENTS[:5]


def compute(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The movements of MRR per account and month; opening + movements = closing, to the minor unit.

    Changes are netted per account and day, classed, and summed to the month, valued at the month's rate table:
    `new` from nothing for the first time ever, `reactivation` from nothing when seen before (by this account or one
    merged into it), `churn` to nothing, `expansion` up, `contraction` down (ending one of several lines included).
    `merge_transfer` hands a line from a merge's loser to its winner: two rows, netting to zero, never churn or new.
    `fx` is the revaluation of the opening from last month's table to this month's, with the rounding of a transfer.
    `prior_period_adjustment`, in the month after a closed one: what is known now less what was frozen then.
    A closed month whose frozen balances differ from what is known now shows the frozen change, classed by the month.
    """
    table = frames["mrr_rate"].filter(nw.col("is_measured"))
    rows = nw.concat([_organic(frames["mrr_change"], table), _transfers(mrr_book.lines(frames), table)])
    rows = rows.with_columns(
        *(
            nw.when(nw.col("movement") == name).then(nw.col("amount_minor")).otherwise(0).cast(nw.Int64).alias(name)
            for name in (*ORGANIC, "merge_transfer")
        )
    )
    moved = mrr_book.summed(rows, ("month", "account_id"), *ORGANIC, "merge_transfer")
    accounts = frames["mrr_account"].join(moved, on=["month", "account_id"], how="left")
    accounts = accounts.with_columns(*(nw.col(name).fill_null(0).alias(name) for name in (*ORGANIC, "merge_transfer")))
    return _in_rows(_with_frozen(_with_residues(accounts)), frames)


def _organic(days: nw.LazyFrame, table: nw.LazyFrame) -> nw.LazyFrame:
    """The classed changes per account and day, without transfers."""
    by_currency = {"order_by": ["day"]}
    after = (
        (nw.col("organic") + nw.col("transfer")).cum_sum().over("account_id", "currency", **by_currency).cast(nw.Int64)
    )
    paths = days.with_columns(after.alias("_after"))
    paths = paths.with_columns((nw.col("_after") - nw.col("organic")).alias("_before"))
    paths = paths.join(table, on=["month_index", "currency"])
    paths = mrr_book.valued(paths, _worth_after="_after", _worth_before="_before")
    paths = paths.with_columns((nw.col("_worth_after") - nw.col("_worth_before")).alias("_amount"))
    paths = mrr_book.summed(paths, ("month", "account_id", "day"), amount_minor="_amount")
    paths = paths.join(_standing(days), on=["account_id", "day"])
    movement = _movement(
        nw.col("_total_before"), nw.col("_total_after"), nw.col("amount_minor"), nw.col("_is_seen_before")
    )
    return paths.select("month", "account_id", movement.alias("movement"), "amount_minor")


def _standing(days: nw.LazyFrame) -> nw.LazyFrame:
    """Per account and day the whole balance before and after the organic change, and whether it was seen before.

    Currencies are added as they are: only whether the account has any MRR is read from the balance.
    """
    whole = mrr_book.summed(days, ("account_id", "day"), "organic", "transfer", "arrivals", "inherited")
    whole = whole.with_columns(
        (nw.col("organic") + nw.col("transfer"))
        .cum_sum()
        .over("account_id", order_by=["day"])
        .cast(nw.Int64)
        .alias("_total_after"),
        (nw.col("arrivals") + nw.col("inherited"))
        .cum_sum()
        .over("account_id", order_by=["day"])
        .cast(nw.Int64)
        .alias("_came"),
    )
    return whole.select(
        "account_id",
        "day",
        "_total_after",
        (nw.col("_total_after") - nw.col("organic")).alias("_total_before"),
        (nw.col("_came") > nw.col("arrivals")).alias("_is_seen_before"),
    )


def _movement(before: nw.Expr, after: nw.Expr, change: nw.Expr, seen: nw.Expr) -> nw.Expr:
    moved = nw.when(change > 0).then(nw.lit("expansion")).otherwise(nw.lit("contraction"))
    moved = nw.when((before > 0) & (after <= 0)).then(nw.lit("churn")).otherwise(moved)
    back = (before <= 0) & (after > 0)
    moved = nw.when(back & seen).then(nw.lit("reactivation")).otherwise(moved)
    return nw.when(back & ~seen).then(nw.lit("new")).otherwise(moved)


def _transfers(book: nw.LazyFrame, table: nw.LazyFrame) -> nw.LazyFrame:
    """Both sides of each hand-over, valued once, so that they net to zero."""
    merge = nw.col("handover_day")
    moved = book.filter((nw.col("start_day") < merge) & (nw.col("counted_until") >= merge))
    moved = moved.with_columns(month_index(merge).alias("month_index"))
    moved = mrr_book.summed(moved, ("first_account_id", "account_id", "currency", "month_index"), "mrr_minor")
    moved = mrr_book.valued(moved.join(table, on=["month_index", "currency"]), _worth="mrr_minor")
    given = moved.select(
        "month", nw.col("first_account_id").alias("account_id"), (-nw.col("_worth")).alias("amount_minor")
    )
    taken = moved.select("month", "account_id", nw.col("_worth").alias("amount_minor"))
    sides = nw.concat([given, taken])
    return sides.select("month", "account_id", nw.lit("merge_transfer").alias("movement"), "amount_minor")


def _with_residues(accounts: nw.LazyFrame) -> nw.LazyFrame:
    """Add `fx` and `prior_period_adjustment`: what closes the bridge of an account-month beside its own movements."""
    opening, computed_opening = nw.col("opening_minor"), nw.col("computed_opening_minor")
    explained = nw.col("merge_transfer")
    for name in ORGANIC:
        explained = explained + nw.col(name)
    fx = nw.col("computed_closing_minor") - computed_opening - explained
    # A frozen balance has no currency: its revaluation is known only while the frozen opening is the computed one.
    has_fx = (opening == computed_opening) | ~nw.col("is_closed")
    adjustment = nw.when(nw.col("is_closed")).then(0).otherwise(computed_opening - opening)
    return accounts.with_columns(
        nw.when(has_fx).then(fx).otherwise(0).cast(nw.Int64).alias("fx"),
        adjustment.cast(nw.Int64).alias("prior_period_adjustment"),
    )


def _with_frozen(accounts: nw.LazyFrame) -> nw.LazyFrame:
    """Replace the organic movements of a closed month that was frozen otherwise by its frozen change, in one class."""
    opening, closing = nw.col("opening_minor"), nw.col("closing_minor")
    differs = (opening != nw.col("computed_opening_minor")) | (closing != nw.col("computed_closing_minor"))
    accounts = accounts.with_columns(
        (nw.col("is_closed") & differs).alias("_is_otherwise"),
        (closing - opening - nw.col("fx") - nw.col("merge_transfer")).alias("_change"),
        (closing - closing + 1).alias("_row"),
    )
    seen = nw.col("_row").cum_sum().over("account_id", order_by="month").cast(nw.Int64) > 1
    accounts = accounts.with_columns(seen.alias("_is_seen_before"))
    movement = _movement(opening + nw.col("merge_transfer"), closing, nw.col("_change"), nw.col("_is_seen_before"))
    accounts = accounts.with_columns(movement.alias("_movement"))
    return accounts.with_columns(
        *(
            nw.when(nw.col("_is_otherwise") & (nw.col("_movement") == name))
            .then(nw.col("_change"))
            .when(nw.col("_is_otherwise"))
            .then(0)
            .otherwise(nw.col(name))
            .cast(nw.Int64)
            .alias(name)
            for name in ORGANIC
        )
    )


def _in_rows(accounts: nw.LazyFrame, frames: Frames) -> nw.LazyFrame:
    """One row per movement that is not zero."""
    rows = mrr_book.in_parts(accounts, frames, len(MOVEMENTS))
    movement, amount = nw.lit(MOVEMENTS[0]), nw.col(MOVEMENTS[0])
    for part, name in enumerate(MOVEMENTS[1:], start=2):
        is_it = nw.col("part") == part
        movement, amount = (
            nw.when(is_it).then(nw.lit(name)).otherwise(movement),
            nw.when(is_it).then(nw.col(name)).otherwise(amount),
        )
    rows = rows.select("month", "account_id", movement.alias("movement"), amount.cast(nw.Int64).alias("amount_minor"))
    return rows.filter(nw.col("amount_minor") != 0)


MRR_MOVEMENT = Metric(
    table="mrr_movement",
    grain=("month", "account_id", "movement"),
    inputs=("work_calendar", "mrr_line", "mrr_rate", "mrr_change", "mrr_account"),
    columns={
        "month": "first day of the month",
        "account_id": "the account that held the revenue at the time",
        "movement": "one of: " + ", ".join(MOVEMENTS),
        "amount_minor": "the change of MRR, negative when it falls, in the reporting currency",
    },
    compute=compute,
    contributes_to=("mrr_bridge",),
    keep="month_ends",
)
