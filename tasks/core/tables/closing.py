"""What passes from delivery to customer success."""

from tasks.core.tables.shape import Column, Table

SUCCESS_PLAN = Table(
    "success_plan",
    "A customer's success plan, written for a deal while it is delivered.",
    (
        Column("success_plan_id", "text", "key", required=True),
        Column("opportunity_id", "text", "the deal", required=True, refers_to="opportunity"),
        Column("created_date", "date", "the day it was created, in the reporting zone", required=True),
    ),
)
