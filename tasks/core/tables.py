"""The conformed tables: what Baton means by an account, a project, an hour; one definition each.

Ids are text, `instance:vendor id`. Money is int64 minor units of `currency`, rates are minor units an hour,
durations int64 seconds, percentages int64 basis points (10,000 = 100 %), dates dates, instants UTC.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "boolean", "date", "instant"]


@dataclass(frozen=True)
class Column:
    """One column of a conformed table."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    values: tuple[str, ...] = ()  # the only values allowed, when given
    refers_to: str = ""  # the table whose key this is


@dataclass(frozen=True)
class Table:
    """One conformed table; the first column is its key."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        """The name of the key column."""
        return self.columns[0].name


CONTRACT_TYPES = ("time_and_materials", "capped", "fixed_fee", "retainer", "internal")

ACCOUNT = Table(
    "account",
    "A customer, at the level where it buys.",
    (
        Column("account_id", "text", "key", required=True),
        Column("name", "text", "company name"),
        Column("parent_id", "text", "the account above it", refers_to="account"),
        Column("merged_into_id", "text", "the account it was merged into"),
        Column("merged_date", "date", "the day of that merge, in the reporting zone"),
        Column("ultimate_id", "text", "the account at the top of merges and parents, itself when none", required=True),
        Column("segment", "text", "the segment of its ultimate account"),
        Column("currency", "text", "its own currency"),
        Column("created_at", "instant", "when it was created"),
    ),
)

OPPORTUNITY = Table(
    "opportunity",
    "A deal, won, lost or open.",
    (
        Column("opportunity_id", "text", "key", required=True),
        Column("account_id", "text", "the buyer", required=True, refers_to="account"),
        Column("name", "text", "its title"),
        Column("opportunity_type", "text", "new, renewal or expansion, as the CRM names it"),
        Column("stage", "text", "its stage", required=True),
        Column("is_closed", "boolean", "decided", required=True),
        Column("is_won", "boolean", "decided for us", required=True),
        Column("close_date", "date", "the day it was or should be decided", required=True),
        Column("amount_minor", "integer", "its value"),
        Column("currency", "text", "currency of the value"),
        Column("renewed_contract_id", "text", "the contract that a renewal renews"),
    ),
)

SUBSCRIPTION = Table(
    "subscription",
    "One recurring line: a value over a term.",
    (
        Column("subscription_id", "text", "key", required=True),
        Column("account_id", "text", "the account that holds it now", required=True, refers_to="account"),
        Column(
            "original_account_id", "text", "the account that held it when first pulled (before a merge)", required=True
        ),
        Column("contract_id", "text", "its contract"),
        Column("product", "text", "what is bought"),
        Column("amount_minor", "integer", "value of the whole term", required=True),
        Column("currency", "text", "currency of the value", required=True),
        Column("start_date", "date", "first day", required=True),
        Column("term_end_date", "date", "first day after the agreed term", required=True),
        Column(
            "end_date", "date", "first day without service: the term's end, or earlier when terminated", required=True
        ),
        Column("cancel_notice_date", "date", "the day the customer gave notice"),
        Column("predecessor_id", "text", "the line it renews"),
        Column("is_renewal_lost", "boolean", "the renewal of its contract is closed lost", required=True),
    ),
)

HANDOFF_FORM = Table(
    "handoff_form",
    "One version of a deal's handoff form, as sales filled it in; the newest version stands.",
    (
        Column("form_version_id", "text", "key", required=True),
        Column("form_id", "text", "the form", required=True),
        Column("opportunity_id", "text", "the deal it hands over", required=True, refers_to="opportunity"),
        Column("version_number", "integer", "1 is the first one known", required=True),
        Column("recorded_date", "date", "the day the CRM recorded it, in the reporting zone", required=True),
        Column("is_withdrawn", "boolean", "with this version the form was deleted", required=True),
        Column("goals", "text", "what the customer wants to reach"),
        Column("expected_outcomes", "text", "what the customer expects of it"),
        Column("sponsor_id", "text", "the contact who sponsors it"),
        Column("sponsor_role", "text", "that contact's role"),
        Column("administrator_id", "text", "the contact who will run it day to day"),
        Column("administrator_role", "text", "that contact's role"),
        Column("go_live_target_date", "date", "the day the customer expects to go live"),
        Column("success_measure", "text", "what success is measured by"),
        Column("success_target", "text", "the value that is success"),
        Column("concerns", "text", "challenges and concerns that were raised"),
        Column("concerns_author_id", "text", "who stated that there are none"),
        Column("signed_date", "date", "the day sales signed it"),
    ),
)

KICKOFF = Table(
    "kickoff",
    "The kickoff of a deal's implementation with the customer.",
    (
        Column("kickoff_id", "text", "key", required=True),
        Column("opportunity_id", "text", "the deal", required=True, refers_to="opportunity"),
        Column("held_date", "date", "the day it was held; null while planned"),
        Column("is_template_used", "boolean", "by the standard template", required=True),
        Column("is_goals_shown", "boolean", "the goals of the handoff form were shown", required=True),
        Column("goals_answer", "text", "what the customer said of them", values=("confirmed", "changed")),
        Column("answered_date", "date", "the day of that answer"),
    ),
)

FEED = Table(
    "feed",
    "A table that a company can do without, and whether anything of it was ever read.",
    (
        Column("feed_id", "text", "key: the table's name", required=True),
        Column("is_read", "boolean", "at least one version was read, of any source", required=True),
    ),
)

PROJECT = Table(
    "project",
    "An implementation project.",
    (
        Column("project_id", "text", "key", required=True),
        Column("account_id", "text", "the customer", refers_to="account"),
        Column("opportunity_id", "text", "the deal it delivers"),
        Column("name", "text", "its title"),
        Column("contract_type", "text", "how it is paid", required=True, values=CONTRACT_TYPES),
        Column("currency", "text", "contract currency", required=True),
        Column("price_minor", "integer", "agreed price or fee"),
        Column("cap_minor", "integer", "not-to-exceed amount (capped)"),
        Column("budget_seconds", "integer", "time the fee covers (fixed_fee)"),
        Column("retainer_seconds", "integer", "time covered a month (retainer)"),
        Column("has_retainer_carry", "boolean", "a month's excess may use later allowances in the window"),
        Column("retainer_window_months", "integer", "months after which an excess is final"),
        Column("sow_start_date", "date", "first day of the statement of work"),
        Column("start_date", "date", "planned start"),
        Column("due_date", "date", "planned finish"),
        Column("closed_date", "date", "actual finish"),
        Column("is_archived", "boolean", "put away", required=True),
    ),
)

TASK = Table(
    "task",
    "A piece of planned work, a deliverable or a milestone.",
    (
        Column("task_id", "text", "key", required=True),
        Column("project_id", "text", "its project", required=True, refers_to="project"),
        Column("parent_id", "text", "the roll-up above it"),
        Column("has_children", "boolean", "a roll-up: never summed with its children", required=True),
        Column("name", "text", "its title"),
        Column("task_type", "text", "what it is", required=True, values=("task", "deliverable", "milestone", "issue")),
        Column("state", "text", "its state in the PSA"),
        Column("role_id", "text", "who does it"),
        Column("start_date", "date", "forecast start"),
        Column("due_date", "date", "forecast finish"),
        Column("estimate_seconds", "integer", "time estimated now"),
        Column("progress_bp", "integer", "percent complete now, in basis points; null where the source gives none"),
        Column("actual_start_date", "date", "the day it started"),
        Column("actual_finish_date", "date", "the day it was completed; null while open"),
        Column("is_archived", "boolean", "put away", required=True),
        Column("is_contractual_non_billable", "boolean", "the contract says it is free", required=True),
        Column("change_order_id", "text", "the change order it belongs to"),
        Column("created_at", "instant", "when it was created"),
    ),
)

TASK_PROGRESS = Table(
    "task_progress",
    "How far a task was, each time the source changed it.",
    (
        Column("progress_id", "text", "key", required=True),
        Column("task_id", "text", "the task", required=True, refers_to="task"),
        Column("recorded_date", "date", "the day the source recorded it, in the reporting zone", required=True),
        Column("progress_bp", "integer", "percent complete, in basis points", required=True),
    ),
)

PLAN_TASK = Table(
    "plan_task",
    "A task in one version of its project's approved plan.",
    (
        Column("plan_task_id", "text", "key", required=True),
        Column("project_id", "text", "the project", required=True, refers_to="project"),
        Column("task_id", "text", "the task", required=True),
        Column("plan_number", "integer", "1 is the original baseline", required=True),
        Column("approved_date", "date", "in force from this day", required=True),
        Column(
            "origin", "text", "where the plan comes from", required=True, values=("vendor", "kickoff", "first_seen")
        ),
        Column("start_date", "date", "planned start", required=True),
        Column("due_date", "date", "planned finish, the last day of work", required=True),
        Column("budget_seconds", "integer", "planned time; 0 for milestones", required=True),
        Column("cost_rate_minor", "integer", "cost an hour on the plan's day, in `currency`"),
        Column("currency", "text", "currency of the cost rate"),
        Column("is_milestone", "boolean", "a milestone", required=True),
    ),
)

TIME_ENTRY = Table(
    "time_entry",
    "Time worked on a project.",
    (
        Column("entry_id", "text", "key", required=True),
        Column("project_id", "text", "the project", required=True, refers_to="project"),
        Column("task_id", "text", "the task", refers_to="task"),
        Column("role_id", "text", "the role it was done in"),
        Column("work_date", "date", "the day it was done", required=True),
        Column("seconds", "integer", "how long; negative reverses", required=True),
        Column("is_billable", "boolean", "marked billable", required=True),
        Column("non_billable_reason", "text", "why not", values=("goodwill", "contractual")),
        Column("approval", "text", "its state", required=True, values=("approved", "submitted", "draft", "rejected")),
        Column("bill_rate_minor", "integer", "rate an hour stamped on it"),
        Column("cost_rate_minor", "integer", "cost an hour stamped on it"),
        Column("currency", "text", "currency of both rates", required=True),
        Column("change_order_id", "text", "the change order it was done for"),
        Column("reverses_id", "text", "the entry that a negative one reverses"),
    ),
)

CHANGE_ORDER = Table(
    "change_order",
    "A change of scope, wanted or agreed.",
    (
        Column("change_order_id", "text", "key", required=True),
        Column("project_id", "text", "the project", required=True, refers_to="project"),
        Column("status", "text", "its state", required=True, values=("draft", "submitted", "approved", "rejected")),
        Column("pricing", "text", "how it is paid", values=("fixed", "time_and_materials")),
        Column("amount_minor", "integer", "agreed amount (fixed)"),
        Column("currency", "text", "currency of the amount", required=True),
        Column("approved_date", "date", "the day it was approved"),
        Column("accepted_date", "date", "the day its work was accepted"),
    ),
)

BILLING_MILESTONE = Table(
    "billing_milestone",
    "An amount due when something is accepted.",
    (
        Column("milestone_id", "text", "key", required=True),
        Column("project_id", "text", "the project", required=True, refers_to="project"),
        Column("task_id", "text", "the task that earns it"),
        Column("name", "text", "its title"),
        Column("amount_minor", "integer", "the amount", required=True),
        Column("currency", "text", "its currency", required=True),
        Column("accepted_date", "date", "the day it was accepted"),
    ),
)

INVOICE_LINE = Table(
    "invoice_line",
    "One line of an invoice.",
    (
        Column("line_id", "text", "key", required=True),
        Column("invoice_id", "text", "its invoice", required=True),
        Column("project_id", "text", "the project", refers_to="project"),
        Column(
            "line_type", "text", "what it bills", required=True, values=("time", "milestone", "change_order", "other")
        ),
        Column("entry_id", "text", "the time entry (time)"),
        Column("milestone_id", "text", "the billing milestone (milestone)"),
        Column("change_order_id", "text", "the change order (change_order)"),
        Column("seconds", "integer", "time billed (time); negative credits it"),
        Column("amount_minor", "integer", "amount after discounts; negative credits it", required=True),
        Column("currency", "text", "its currency", required=True),
        Column("is_allocated", "boolean", "the source does not say which time it bills: the oldest was taken"),
        Column("posted_date", "date", "the invoice's date", required=True),
        Column("status", "text", "only posted lines bill", required=True, values=("posted", "draft", "cancelled")),
    ),
)

RATE = Table(
    "rate",
    "What an hour is sold for and costs, from a day on.",
    (
        Column("rate_id", "text", "key", required=True),
        Column("project_id", "text", "set: the contract's own rate", refers_to="project"),
        Column("role_id", "text", "set: the role's rate; neither: the standard rate"),
        Column("effective_date", "date", "from this day", required=True),
        Column("bill_rate_minor", "integer", "sold for, an hour"),
        Column("cost_rate_minor", "integer", "costs, an hour"),
        Column("currency", "text", "currency of both", required=True),
    ),
)

FX_RATE = Table(
    "fx_rate",
    "The reporting currency's price of a currency, one table a month.",
    (
        Column("fx_rate_id", "text", "key: month and currency", required=True),
        Column("month", "date", "first day of the month", required=True),
        Column("currency", "text", "the currency", required=True),
        Column("minor_rate_e8", "integer", "reporting minor units for 10^8 minor units of the currency", required=True),
    ),
)

WORK_CALENDAR = Table(
    "work_calendar",
    "Every day, and how many working days came before it.",
    (
        Column("day", "date", "key", required=True),
        Column("is_working", "boolean", "neither weekend nor holiday", required=True),
        Column(
            "workdays_before",
            "integer",
            "working days since the calendar's first day, this one not counted",
            required=True,
        ),
    ),
)

FINALISED_MRR = Table(
    "finalised_mrr",
    "Closing MRR of an account in a closed month, as it was closed.",
    (
        Column("finalised_id", "text", "key: month and account", required=True),
        Column("month", "date", "first day of the closed month", required=True),
        Column("account_id", "text", "the account", required=True),
        Column("closing_minor", "integer", "closing MRR in the reporting currency", required=True),
    ),
)

# In dependency order: a table stands after those it refers to.
CORE = (
    ACCOUNT,
    OPPORTUNITY,
    SUBSCRIPTION,
    HANDOFF_FORM,
    KICKOFF,
    FEED,
    PROJECT,
    TASK,
    TASK_PROGRESS,
    PLAN_TASK,
    CHANGE_ORDER,
    TIME_ENTRY,
    BILLING_MILESTONE,
    INVOICE_LINE,
    RATE,
    FX_RATE,
    WORK_CALENDAR,
    FINALISED_MRR,
)
