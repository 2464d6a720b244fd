"""What the work is sold for and what was billed."""

from tasks.core.tables.shape import Column, Table

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
