"""The invoice lines that bill: posted by the day, with what they are worth in the reporting currency."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.money import in_reporting

COLUMNS = {
    "line_id": "the invoice line",
    "project_id": "the project",
    "entry_id": "the time entry that it bills",
    "change_order_id": "the change order that it bills",
    "milestone_id": "the billing milestone that it bills",
    "line_type": "what it is for",
    "seconds": "the time that it bills, negative for a credit",
    "amount_minor": "its amount, in its own currency",
    "currency": "that currency",
    "is_allocated": "true: the source does not say which time it bills, the oldest was taken",
    "posted_date": "the day posted",
    "reporting_minor": "its amount at the table of the month posted; null without one",
}


def posted_line(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Posted invoice lines up to the day; drafts and cancelled ones never bill."""
    lines = frames["invoice_line"].filter(nw.col("status") == "posted", nw.col("posted_date") <= nw.lit(as_of))
    return in_reporting(lines, frames["fx_rate"], "reporting_minor", "amount_minor", "currency", "posted_date")


POSTED_LINE = Metric(
    table="posted_line",
    grain=("line_id",),
    inputs=("invoice_line", "fx_rate"),
    columns=COLUMNS,
    compute=posted_line,
    is_step=True,
)
