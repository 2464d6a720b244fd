"""What passes from sales to delivery to customer success, and whether it is recorded at all."""

from tasks.core.tables.shape import Column, Table

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
    is_optional=True,
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
    is_optional=True,
)

COMMISSION = Table(
    "commission",
    "What the sale of a deal is to pay, as payroll or the CRM plans it, and who let it pass a hold.",
    (
        Column("commission_id", "text", "key", required=True),
        Column("opportunity_id", "text", "the deal", required=True, refers_to="opportunity"),
        Column("amount_minor", "integer", "the amount"),
        Column("currency", "text", "its currency"),
        Column("payable_date", "date", "the payout it would be part of"),
        Column("is_cancelled", "boolean", "it will not be paid at all", required=True),
        Column("override_date", "date", "the day someone let it pass although the form was not complete"),
        Column("overridden_by_id", "text", "who did"),
        Column("override_reason", "text", "and why: a word of a list, not a story"),
    ),
    is_optional=True,
)

FEED = Table(
    "feed",
    "A table that a company can do without, and whether anything of it was ever read.",
    (
        Column("feed_id", "text", "key: the table's name", required=True),
        Column("is_read", "boolean", "at least one version was read, of any source", required=True),
    ),
)
