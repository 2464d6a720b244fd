"""The time that counts: client-facing entries with their project's terms, reversals standing on their originals."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.reversals import followed

TERMS = {
    "contract_type": "how the project is paid",
    "project_currency": "the currency of its contract",
    "cap_minor": "the amount not to exceed, in the contract's currency",
    "budget_seconds": "the hours of a fixed fee",
    "retainer_seconds": "the hours a month of a retainer",
    "has_retainer_carry": "excess hours may use later months' hours",
    "retainer_window_months": "for how many months together",
    "sow_start_date": "the contract's first day",
    "start_date": "the project's first day",
    "closed_date": "the project's last day",
}
COLUMNS = {
    "entry_id": "the time entry",
    "project_id": "the project",
    "account_id": "the customer",
    "task_id": "the task; a reversal has its original's",
    "change_order_id": "the change it was done for; a reversal has its original's",
    "role_id": "the role it was done in",
    "work_date": "the day performed",
    "month": "first day of that month",
    "basis_date": "the day that decides scope and age: the original's for a reversal",
    "seconds": "the time, negative when it reverses",
    "sign": "1, or -1 for negative entries",
    "magnitude": "the time without its sign, in seconds",
    "is_billable": "billable; a reversal as its original",
    "non_billable_reason": "why not; a reversal has its original's",
    "approval": "approved, submitted or draft; a reversal has its original's",
    "stamped_rate_minor": "the rate stamped on the entry; a zero on a non-billable entry is none",
    "stamped_currency": "the currency of that rate",
    "is_reversal": "it reverses an entry that counts",
    "family_id": "the original of a reversal, else the entry itself",
    "start_seconds": "where the stretch begins that it takes from its original",
    "end_seconds": "where that stretch ends",
    "reversed_seconds": "what others take from it",
    **TERMS,
}


def client_entries(frames: Frames, as_of: date) -> nw.LazyFrame:
    """The entries up to `as_of` that count (not rejected, project not internal), with their project's terms."""
    project = frames["project"].filter(nw.col("contract_type") != "internal").rename({"currency": "project_currency"})
    terms = project.select("project_id", "account_id", *TERMS)
    entries = frames["time_entry"].filter(nw.col("work_date") <= nw.lit(as_of), nw.col("approval") != "rejected")
    stamped = nw.when(~nw.col("bill_rate_minor").is_null() & ((nw.col("bill_rate_minor") != 0) | nw.col("is_billable")))
    return entries.join(terms, on="project_id", how="inner").with_columns(
        nw.col("work_date").dt.truncate("1mo").cast(nw.Date).alias("month"),
        nw.when(nw.col("seconds") < 0).then(-1).otherwise(1).cast(nw.Int64).alias("sign"),
        nw.col("seconds").abs().cast(nw.Int64).alias("magnitude"),
        stamped.then(nw.col("bill_rate_minor")).alias("stamped_rate_minor"),
        stamped.then(nw.col("currency")).alias("stamped_currency"),
    )


def client_time(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """The time up to the day on projects that are not internal, without what was rejected.

    An approved negative entry has what decides the scope of the entry that it reverses.
    """
    return followed(client_entries(frames, as_of))


CLIENT_TIME = Metric(
    table="client_time",
    grain=("entry_id",),
    inputs=("project", "time_entry"),
    columns=COLUMNS,
    compute=client_time,
    is_step=True,
)
