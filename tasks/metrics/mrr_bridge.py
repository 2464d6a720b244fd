"""The MRR bridge: from each month's opening to its closing, by segment."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics import mrr_book
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.mrr_movement import MOVEMENTS

COLUMNS = tuple(f"{movement}_minor" for movement in MOVEMENTS)


def compute(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The bridge of MRR per month, in all and per segment: opening + every movement = closing, exactly.

    Gross churn = (churn + contraction) / opening; net churn = (churn + contraction - expansion - reactivation) /
    opening, losses counted positive (ChartMogul's definitions). Null where the month opens with nothing.
    """
    balances = mrr_book.summed(frames["mrr_account"], ("month", "segment"), "opening_minor", "closing_minor")
    movements = frames["mrr_movement"].join(mrr_book.segments(frames), on="account_id", how="left")
    movements = movements.with_columns(nw.col("segment").fill_null("unknown").alias("segment"))
    movements = mrr_book.summed(movements, ("month", "segment", "movement"), "amount_minor")
    none = nw.lit(0).cast(nw.Int64)
    rows = nw.concat(
        [
            balances.with_columns(*(none.alias(name) for name in COLUMNS)),
            movements.select(
                "month",
                "segment",
                none.alias("opening_minor"),
                none.alias("closing_minor"),
                *(_amount(movement) for movement in MOVEMENTS),
            ),
        ]
    )
    rows = nw.concat([rows, rows.with_columns(nw.lit("all").alias("segment"))])
    rows = mrr_book.summed(rows, ("month", "segment"), "opening_minor", *COLUMNS, "closing_minor")
    lost = nw.col("churn_minor") + nw.col("contraction_minor")
    rows = rows.with_columns(
        (-lost).alias("gross_churn_minor"),
        (-lost - nw.col("expansion_minor") - nw.col("reactivation_minor")).alias("net_churn_minor"),
    )
    return rows.with_columns(_ratio("gross_churn"), _ratio("net_churn"))


def _amount(movement: str) -> nw.Expr:
    amount = nw.when(nw.col("movement") == movement).then(nw.col("amount_minor")).otherwise(0)
    return amount.cast(nw.Int64).alias(f"{movement}_minor")


def _ratio(name: str) -> nw.Expr:
    opening = nw.col("opening_minor")
    base = nw.when(opening > 0).then(opening).cast(nw.Float64)
    return (nw.col(f"{name}_minor").cast(nw.Float64) / base).alias(f"{name}_ratio")


MRR_BRIDGE = Metric(
    table="mrr_bridge",
    grain=("month", "segment"),
    inputs=("account", "mrr_account", "mrr_movement"),
    columns={
        "month": "first day of the month",
        "segment": "'all', or the segment of the ultimate accounts",
        "opening_minor": "MRR at the end of the month before, reporting currency; denominator of both ratios",
        "new_minor": "from customers never seen before",
        "expansion_minor": "more from customers",
        "contraction_minor": "less from customers that stay (negative)",
        "churn_minor": "lost customers (negative)",
        "reactivation_minor": "customers that came back",
        "fx_minor": "revaluation of the opening at this month's rates",
        "merge_transfer_minor": "handed over by merges; nets to zero",
        "prior_period_adjustment_minor": "what became known about closed months after they were closed",
        "closing_minor": "MRR on the month's last day",
        "gross_churn_minor": "churn and contraction as a positive amount: numerator of gross churn",
        "net_churn_minor": "gross churn less expansion and reactivation: numerator of net churn",
        "gross_churn_ratio": "gross churn over the opening; null when that is 0",
        "net_churn_ratio": "net churn over the opening; null when that is 0",
    },
    compute=compute,
)
