"""What is owed without time: approved fixed changes (L6) and billing milestones (L8), accepted and not invoiced."""

from datetime import date, timedelta

import narwhals as nw

from tasks.metrics.invoiced_time import posted
from tasks.metrics.metric import Frames
from tasks.metrics.money import divide_half_even, in_reporting


def uninvoiced_changes(frames: Frames, as_of: date, billing_days: int) -> nw.LazyFrame:
    """The approved fixed change orders accepted by `as_of` with an amount left to invoice."""
    agreed = frames["change_order"].filter(
        nw.col("status") == "approved", nw.col("pricing") == "fixed", nw.col("approved_date") <= nw.lit(as_of)
    )
    agreed = agreed.with_columns(nw.lit("change_approved_fixed").alias("scope"))
    return _owed(agreed, frames, as_of, billing_days, key="change_order_id", line_type="change_order", late="L6")


def uninvoiced_milestones(frames: Frames, as_of: date, billing_days: int) -> nw.LazyFrame:
    """The billing milestones accepted by `as_of` with an amount left to invoice."""
    milestones = frames["billing_milestone"].with_columns(nw.lit("in_scope").alias("scope"))
    return _owed(milestones, frames, as_of, billing_days, key="milestone_id", line_type="milestone", late="L8")


def _owed(
    frame: nw.LazyFrame, frames: Frames, as_of: date, billing_days: int, *, key: str, line_type: str, late: str
) -> nw.LazyFrame:
    """One row per thing accepted and not invoiced in full: `late` after `billing_days`, before that NOT_YET_DUE at 0.

    The month of acceptance gives the exchange rate. A missing amount or rate leaves `leakage_minor` null.
    """
    clients = frames["project"].filter(nw.col("contract_type") != "internal").select("project_id", "account_id")
    frame = frame.filter(nw.col("accepted_date") <= nw.lit(as_of)).join(clients, on="project_id", how="inner")
    frame = _with_invoiced(frame, frames, as_of, key, line_type)
    frame = frame.with_columns((nw.col("amount_minor") - nw.col("invoiced_minor")).alias("owed_minor"))
    frame = frame.filter((nw.col("owed_minor") > 0) | nw.col("owed_minor").is_null())
    frame = in_reporting(frame, frames["fx_rate"], "lost_minor", "owed_minor", "currency", "accepted_date")
    is_late = nw.col("accepted_date") < nw.lit(as_of - timedelta(days=billing_days))
    none = nw.when(nw.col(key).is_null())  # typed nulls: never true
    zero = nw.col("owed_minor").fill_null(0)
    return frame.select(
        nw.concat_str(nw.col(key), nw.lit(f"/{line_type}")).alias("part_id"),
        none.then(nw.col(key)).alias("entry_id"),
        (nw.col(key) if key == "change_order_id" else none.then(nw.col(key))).alias("change_order_id"),
        (nw.col(key) if key == "milestone_id" else none.then(nw.col(key))).alias("milestone_id"),
        "project_id",
        "account_id",
        nw.col("accepted_date").alias("work_date"),
        nw.col("accepted_date").dt.truncate("1mo").cast(nw.Date).alias("month"),
        (zero - zero).alias("seconds"),
        "scope",
        none.then(nw.col(key)).alias("scope_reason"),
        nw.when(is_late).then(nw.lit(late)).otherwise(nw.lit("NOT_YET_DUE")).alias("leakage_class"),
        (zero - zero).alias("gross_minor"),
        nw.when(is_late).then(nw.col("lost_minor")).otherwise(0).cast(nw.Int64).alias("leakage_minor"),
        none.then(nw.col("owed_minor")).alias("standard_minor"),
        nw.col("lost_minor").is_null().alias("is_rate_missing"),
    )


def _with_invoiced(frame: nw.LazyFrame, frames: Frames, as_of: date, key: str, line_type: str) -> nw.LazyFrame:
    """Add `invoiced_minor`: its posted lines, other currencies at the table of the posting month."""
    own = frame.select(nw.col(key).alias("_key"), nw.col("currency").alias("own_currency"))
    lines = (
        posted(frames, as_of)
        .filter(nw.col("line_type") == line_type)
        .join(own, how="inner", left_on=key, right_on="_key")
    )
    lines = in_reporting(lines, frames["fx_rate"], "reporting_minor", "amount_minor", "currency", "posted_date")
    unit = nw.lit(10**8).cast(nw.Int64)
    lines = in_reporting(
        lines.with_columns(unit.alias("unit")), frames["fx_rate"], "own_fx", "unit", "own_currency", "posted_date"
    )
    lines = divide_half_even(
        lines.with_columns((nw.col("reporting_minor") * 10**8).alias("_product")), "foreign_minor", "_product", "own_fx"
    )
    same = nw.col("currency") == nw.col("own_currency")
    lines = lines.with_columns(
        nw.when(same).then(nw.col("amount_minor")).otherwise(nw.col("foreign_minor")).alias("invoiced_minor")
    )
    sums = lines.group_by(key).agg(nw.col("invoiced_minor").sum())
    frame = frame.join(sums.rename({key: "_key"}), how="left", left_on=key, right_on="_key")
    return frame.with_columns(nw.col("invoiced_minor").fill_null(0).cast(nw.Int64).alias("invoiced_minor"))
