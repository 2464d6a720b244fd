"""What passes from delivery to customer success."""

from tasks.core.tables.shape import Column, Table

POINTS = ("sales_to_implementation", "implementation_to_success")

DEBRIEF = Table(
    "debrief",
    "An internal debrief: what delivery tells customer success that no report says.",
    (
        Column("debrief_id", "text", "key", required=True),
        Column("opportunity_id", "text", "the deal", required=True, refers_to="opportunity"),
        Column("held_date", "date", "the day it was held; null while planned"),
        Column("sentiment", "text", "how the customer's people feel"),
        Column("workarounds", "text", "what only works by a detour"),
        Column("executive_goals", "text", "what the customer's executives want"),
    ),
    is_optional=True,
)

CLOSEOUT = Table(
    "closeout",
    "The closeout of a deal's delivery with the customer, and its sign-off.",
    (
        Column("closeout_id", "text", "key", required=True),
        Column("opportunity_id", "text", "the deal", required=True, refers_to="opportunity"),
        Column("meeting_date", "date", "the day of the meeting, planned or held"),
        Column("has_customer", "boolean", "the customer attended", required=True),
        Column("has_implementation", "boolean", "implementation attended", required=True),
        Column("has_customer_success", "boolean", "customer success attended", required=True),
        Column("next_steps", "text", "how support goes on"),
        Column("signed_date", "date", "the day the customer signed off"),
        Column("document", "text", "where the signed document is"),
        Column("rating", "integer", "how the customer rates the project, 1 to 5"),
    ),
    is_optional=True,
)

DELIVERABLE = Table(
    "deliverable",
    "A deliverable on a closeout's list.",
    (
        Column("deliverable_id", "text", "key", required=True),
        Column("closeout_id", "text", "the closeout", required=True, refers_to="closeout"),
        Column("validated_date", "date", "the day the customer validated it"),
    ),
    is_optional=True,
)

CHECKLIST_ITEM = Table(
    "checklist_item",
    "An item of the checklist of a handoff point.",
    (
        Column("checklist_item_id", "text", "key", required=True),
        Column("opportunity_id", "text", "the deal", required=True, refers_to="opportunity"),
        Column("handoff_point", "text", "between which teams", required=True, values=POINTS),
        Column("is_required", "boolean", "must be signed before the deal goes on", required=True),
        Column("signed_date", "date", "the day it was signed"),
    ),
    is_optional=True,
)

PROMISE = Table(
    "promise",
    "What sales promised in a deal.",
    (
        Column("promise_id", "text", "key", required=True),
        Column("opportunity_id", "text", "the deal", required=True, refers_to="opportunity"),
        Column("kind", "text", "what it is", required=True, values=("promise", "requirement", "custom_agreement")),
        Column("task_id", "text", "the task that delivers it"),
        Column("scope_clause", "text", "the clause of the scope that holds it"),
        Column("mapped_date", "date", "the day it was mapped to either"),
    ),
    is_optional=True,
)

SUCCESS_PLAN = Table(
    "success_plan",
    "A customer's success plan, written for a deal while it is delivered.",
    (
        Column("success_plan_id", "text", "key", required=True),
        Column("opportunity_id", "text", "the deal", required=True, refers_to="opportunity"),
        Column("created_date", "date", "the day it was created, in the reporting zone", required=True),
    ),
    is_optional=True,
)
