"""Opening and closing MRR per account and month, as the lines say now and as closed months were frozen."""

import narwhals as nw

from tasks.metrics import mrr_book
from tasks.metrics.metric import Frames
from tasks.metrics.recurring import day_number, month_index


def account_months(frames: Frames) -> nw.LazyFrame:
    """One row per account and complete month from its first possible MRR on.

    `computed_*` follow the lines as known now; `opening_minor` and `closing_minor` are the published ones: the frozen
    closing in a month that `finalised_mrr` holds (0 for an account without a row in it), else the computed one.
    `has_come`: a line began or was handed over to the account in the month.
    """
    months = frames["mrr_month"]
    frozen = frames["finalised_mrr"].with_columns(month_index(day_number("month")).alias("month_index"))
    frozen = mrr_book.summed(frozen, ("account_id", "month_index"), _frozen="closing_minor")
    closed = frozen.group_by("month_index").agg(nw.len().alias("_closed_accounts"))
    computed = frames["mrr_balance"]
    begun = (
        nw.concat(
            [
                computed.select("account_id", nw.col("month_index").alias("begun")),
                frozen.select("account_id", nw.col("month_index").alias("begun")),
            ]
        )
        .group_by("account_id")
        .agg(nw.col("begun").min())
    )
    grid = begun.join(months, how="cross").filter(nw.col("month_index") >= nw.col("begun"))
    grid = grid.join(frozen, on=["account_id", "month_index"], how="left").join(closed, on="month_index", how="left")
    grid = grid.join(computed, on=["account_id", "month_index"], how="left")
    grid = grid.with_columns(
        nw.col("closing_minor").fill_null(0).alias("computed_closing_minor"),
        (nw.col("came").fill_null(0) > 0).alias("has_come"),
        (nw.col("missing_rates").fill_null(0) > 0).alias("is_rate_missing"),
        (~nw.col("_closed_accounts").is_null()).alias("is_closed"),
    )
    kept = nw.when(nw.col("is_closed")).then(nw.col("_frozen").fill_null(0)).otherwise(nw.col("computed_closing_minor"))
    grid = grid.with_columns(kept.cast(nw.Int64).alias("closing_minor"))
    grid = grid.with_columns(
        _at_opening("closing_minor", "opening_minor"),
        _at_opening("computed_closing_minor", "computed_opening_minor"),
    )
    return grid.filter(nw.col("is_measured"))


def _at_opening(column: str, name: str) -> nw.Expr:
    before = nw.col(column).shift(1).over("account_id", order_by="month_index")
    return before.fill_null(0).cast(nw.Int64).alias(name)
