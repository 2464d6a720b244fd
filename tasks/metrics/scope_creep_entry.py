"""Unbilled scope creep, part by part: what became of every hour worked for clients."""

from datetime import date

import narwhals as nw

from config.policy import Policy
from tasks.metrics.client_time import with_magnitude
from tasks.metrics.metric import Frames, Metric
from tasks.metrics.reversals import placed
from tasks.metrics.settlement import settled, with_settlement

COLUMNS = {
    "part_id": "the entry, change order or milestone, and its part: billed, write_down, within or beyond the allowance",
    "entry_id": "the time entry; null for change orders and milestones",
    "change_order_id": "the change order it was done for, or that is owed",
    "milestone_id": "the billing milestone that is owed",
    "project_id": "the project",
    "account_id": "the customer",
    "work_date": "the day performed; of change orders and milestones the day accepted",
    "month": "first day of that month",
    "seconds": "time of the part; a write-down is money only",
    "scope": "in_scope, out_of_scope, change_unapproved, change_approved_fixed, change_approved_tm, goodwill or "
    "contractual_non_billable",
    "scope_reason": "why it is out of scope: no_task, not_in_plan, after_close, before_sow or archived_task; "
    "no_plan: there is none to compare with",
    "settlement": "billed, covered, not_due or unbilled",
    "leakage_class": "the one class of the part: L1 to L8 are leakage, the rest is not",
    "gross_minor": "time at its rate; null without a rate, 0 for change orders and milestones",
    "leakage_minor": "what is lost",
    "standard_minor": "time at the list rate (the role's, else the standard one); null without one",
    "is_rate_missing": "no rate, exchange rate or amount: the value is not known",
}


def scope_creep_entry(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """What became of every hour for clients: one class per part of an entry, in one ordered waterfall.

    An hour's value is its time at the rate of the day performed (stamped > contract > role > standard), converted at
    the month's table. Its scope (was it sold?) and its settlement (was it billed?) are found apart; the class follows:
    AT_RISK_UNAPPROVED, not yet approved; BILLED, on a posted invoice, and L7, what that invoice is short of its value;
    L1, for a change not approved; L2, outside the plan in force or the contract's dates; COVERED_BY_CO, for a fixed
    change; L3, in scope beyond the fee's hours, the cap or the retainer; L4, given away; CONTRACTUAL_NON_BILLABLE;
    COVERED_BY_FEE and COVERED_BY_RETAINER; NOT_YET_DUE, beyond a retainer whose window is open; WIP, and L5 once it is
    older than `wip_days`. Without time: L6, an accepted fixed change, and L8, an accepted milestone, not invoiced after
    `billing_days` (before: NOT_YET_DUE). Gross values sum to all valued time exactly. Negative entries follow the entry
    they reverse.
    """
    account = frames["client_project"].select("project_id", "account_id")
    frame = placed(with_magnitude(frames["time_invoiced"]).join(account, on="project_id", how="inner"))
    frame = settled(frame, as_of, policy.leakage.wip_days)
    none = nw.when(nw.col("project_id").is_null())  # typed nulls: never true
    time = frame.with_columns(
        nw.concat_str(nw.col("entry_id"), nw.lit("/"), nw.col("part")).alias("part_id"),
        none.then(nw.col("entry_id")).alias("milestone_id"),
    )
    nothing = (nw.col("leakage_minor") - nw.col("leakage_minor")).fill_null(0)
    owed = frames["uninvoiced"].with_columns(
        *(none.then(nw.col("part_id")).alias(name) for name in ("entry_id", "scope_reason")),
        nothing.alias("seconds"),
        nothing.alias("gross_minor"),
        none.then(nw.col("leakage_minor")).alias("standard_minor"),
    )
    columns = [name for name in COLUMNS if name != "settlement"]
    return with_settlement(nw.concat([time.select(columns), owed.select(columns)]))


SCOPE_CREEP_ENTRY = Metric(
    table="scope_creep_entry",
    grain=("part_id",),
    inputs=("client_project", "time_invoiced", "uninvoiced"),
    columns=COLUMNS,
    compute=scope_creep_entry,
    contributes_to=("scope_creep_project", "scope_creep_monthly"),
    keep="latest",
)
