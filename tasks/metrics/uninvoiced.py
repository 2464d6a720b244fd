"""What is owed without time: approved fixed changes (L6) and billing milestones (L8), accepted and not invoiced."""

from datetime import date, timedelta

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import in_reporting, rounded

COLUMNS = {
    "part_id": "the change order or milestone, and which it is",
    "change_order_id": "the change order that is owed",
    "milestone_id": "the billing milestone that is owed",
    "project_id": "the project",
    "account_id": "the customer",
    "work_date": "the day accepted",
    "month": "first day of that month",
    "scope": "change_approved_fixed, of milestones in_scope",
    "leakage_class": "L6 or L8, NOT_YET_DUE before billing_days",
    "leakage_minor": "what is lost; null without an amount or an exchange rate",
    "is_rate_missing": "no amount or exchange rate: the value is not known",
}
# What is owed: the class it has when late, the type of line that invoices it, its scope.
CHANGE, MILESTONE = ("L6", "change_order", "change_approved_fixed"), ("L8", "milestone", "in_scope")


def uninvoiced(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """What is owed without time: fixed changes and billing milestones accepted by the day, not invoiced in full.

    L6 and L8 after `billing_days`, before that NOT_YET_DUE at 0. The month of acceptance gives the exchange rate; what
    was invoiced in another currency is converted at the table of the posting month.
    """
    late_from = nw.lit(as_of - timedelta(days=policy.leakage.billing_days))
    frame = _accepted(frames, as_of)
    invoiced = _invoiced(frame, frames)
    frame = frame.join(invoiced, how="left", left_on="part_id", right_on="_part_id")
    owed = nw.col("amount_minor") - nw.col("invoiced_minor").fill_null(0)
    frame = frame.with_columns(owed.cast(nw.Int64).alias("owed_minor"))
    frame = frame.filter((nw.col("owed_minor") > 0) | nw.col("owed_minor").is_null())
    frame = in_reporting(frame, frames["fx_rate"], "lost_minor", "owed_minor", "currency", "work_date")
    is_late = nw.col("work_date") < late_from
    return frame.with_columns(
        nw.col("work_date").dt.truncate("1mo").cast(nw.Date).alias("month"),
        nw.when(is_late).then(nw.col("late")).otherwise(nw.lit("NOT_YET_DUE")).alias("leakage_class"),
        nw.when(is_late).then(nw.col("lost_minor")).otherwise(0).cast(nw.Int64).alias("leakage_minor"),
        nw.col("lost_minor").is_null().alias("is_rate_missing"),
    )


def _accepted(frames: Frames, as_of: date) -> nw.LazyFrame:
    """Fixed changes and milestones of clients, accepted by the day, alike."""
    is_agreed = (nw.col("status") == "approved") & (nw.col("approved_date") <= nw.lit(as_of))
    agreed = frames["change_order"].filter(is_agreed, nw.col("pricing") == "fixed")
    none = nw.when(nw.col("project_id").is_null()).then(nw.col("project_id"))  # typed nulls: never true
    changes = _alike(agreed, CHANGE, nw.col("change_order_id"), none)
    milestones = _alike(frames["billing_milestone"], MILESTONE, none, nw.col("milestone_id"))
    clients = frames["project"].filter(nw.col("contract_type") != "internal").select("project_id", "account_id")
    accepted = nw.concat([changes, milestones]).filter(nw.col("work_date") <= nw.lit(as_of))
    return accepted.join(clients, on="project_id", how="inner")


def _alike(
    frame: nw.LazyFrame, kind: tuple[str, str, str], change_order_id: nw.Expr, milestone_id: nw.Expr
) -> nw.LazyFrame:
    late, line_type, scope = kind
    return frame.select(
        nw.concat_str(nw.coalesce(change_order_id, milestone_id), nw.lit(f"/{line_type}")).alias("part_id"),
        change_order_id.alias("change_order_id"),
        milestone_id.alias("milestone_id"),
        "project_id",
        nw.col("accepted_date").alias("work_date"),
        "amount_minor",
        "currency",
        nw.lit(scope).alias("scope"),
        nw.lit(late).alias("late"),
    )


def _invoiced(owed: nw.LazyFrame, frames: Frames) -> nw.LazyFrame:
    """What posted lines invoiced of each, in its own currency."""
    line_type = nw.col("line_type")
    lines = frames["posted_line"].filter(line_type.is_in((CHANGE[1], MILESTONE[1])))
    key = nw.when(line_type == CHANGE[1]).then(nw.col("change_order_id")).otherwise(nw.col("milestone_id"))
    lines = lines.select(
        nw.concat_str(key, nw.lit("/"), line_type).alias("_part_id"),
        "amount_minor",
        "currency",
        "posted_date",
        "reporting_minor",
        nw.lit(10**8).cast(nw.Int64).alias("unit"),
    )
    own = owed.select("part_id", nw.col("currency").alias("own_currency"))
    lines = lines.join(own, how="inner", left_on="_part_id", right_on="part_id")
    lines = in_reporting(lines, frames["fx_rate"], "own_fx", "unit", "own_currency", "posted_date")
    lines = rounded(lines, foreign=(nw.col("reporting_minor") * 10**8, nw.col("own_fx")))
    is_own = nw.col("currency") == nw.col("own_currency")
    amount = nw.when(is_own).then(nw.col("amount_minor")).otherwise(nw.col("foreign"))
    lines = lines.with_columns(amount.alias("invoiced_minor"))
    return lines.group_by("_part_id").agg(nw.col("invoiced_minor").sum())


UNINVOICED = Metric(
    table="uninvoiced",
    grain=("part_id",),
    inputs=("change_order", "billing_milestone", "project", "posted_line", "fx_rate"),
    columns=COLUMNS,
    compute=uninvoiced,
    is_step=True,
)
