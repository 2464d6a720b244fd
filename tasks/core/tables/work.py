"""The work: projects, their tasks, plans and changes, and the hours."""

from tasks.core.tables.shape import Column, Table

CONTRACT_TYPES = ("time_and_materials", "capped", "fixed_fee", "retainer", "internal")

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
        Column("is_allocated", "boolean", "the source has the week's hours only: they were spread over its days"),
    ),
)
