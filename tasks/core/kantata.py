"""How Kantata's records become core rows: one query a table, over the raw tables of one account.

`{raw}` is the schema of the account's raw tables (every known version of every record), `{instance}` its name,
`{crm}` the instance whose account and opportunity ids its projects carry, `{zone}` the reporting zone.
`workspace_field` and `story_field` hold the custom fields, one row a subject, as text.
"""

from tasks.core.kantata_billing import BILLING_MILESTONE, CHANGE_ORDER, INVOICE_LINE, RATE
from tasks.core.kantata_plan import PLAN_TASK, TASK, TASK_PROGRESS
from tasks.core.mapping import STAMPS, VERSION, Mapping, custom

PROJECT = f"""
SELECT '{{instance}}:' || v.id AS project_id,
       '{{crm}}:' || f.account_ref AS account_id,
       '{{crm}}:' || f.opportunity_ref AS opportunity_id,
       v.title AS name,
       f.contract_type,
       v.currency,
       to_minor(v.price_cents, v.currency, v.currency_base_unit) AS price_minor,
       to_minor({custom("cap_cents", "integer")}, v.currency, v.currency_base_unit) AS cap_minor,
       round({custom("budget_hours", "number")} * 3600)::BIGINT AS budget_seconds,
       round({custom("retainer_hours", "number")} * 3600)::BIGINT AS retainer_seconds,
       {custom("has_retainer_carry", "boolean")} AS has_retainer_carry,
       {custom("retainer_window_months", "integer")} AS retainer_window_months,
       {custom("sow_start_date", "date")} AS sow_start_date,
       v.start_date,
       v.due_date,
       {custom("closed_date", "date")} AS closed_date,
       coalesce(v.is_archived, false) AS is_archived,
       {STAMPS},
       nullif(concat_ws(',', v._unreadable, f._unreadable), '') AS _unreadable
FROM {{raw}}.workspace v
LEFT JOIN {{raw}}.workspace_field f ON f.subject_id = v.id
"""

TIME_ENTRY = f"""
SELECT '{{instance}}:' || v.id AS entry_id,
       '{{instance}}:' || v.workspace_id AS project_id,
       '{{instance}}:' || v.story_id AS task_id,
       '{{instance}}:' || v.role_id AS role_id,
       v.work_date,
       v.minutes * 60 AS seconds,
       v.is_billable,
       CASE WHEN NOT v.is_billable
            THEN CASE WHEN {custom("is_contractual_non_billable", "boolean")} THEN 'contractual' ELSE 'goodwill' END
       END AS non_billable_reason,
       CASE WHEN v.is_approved THEN 'approved' WHEN v.in_submission THEN 'submitted' ELSE 'draft' END AS approval,
       to_minor(v.rate_cents, v.currency, v.currency_base_unit) AS bill_rate_minor,
       to_minor(v.cost_rate_cents, v.currency, v.currency_base_unit) AS cost_rate_minor,
       v.currency,
       '{{instance}}:' || f.change_order_id AS change_order_id,
       NULL AS reverses_id,
       {VERSION}
FROM {{raw}}.time_entry v
LEFT JOIN {{raw}}.story_field f ON f.subject_id = v.story_id
"""

MAPPINGS = (
    Mapping("project", PROJECT),
    Mapping("task", TASK),
    Mapping("task_progress", TASK_PROGRESS),
    Mapping("plan_task", PLAN_TASK),
    Mapping("change_order", CHANGE_ORDER),
    Mapping("time_entry", TIME_ENTRY),
    Mapping("billing_milestone", BILLING_MILESTONE),
    Mapping("invoice_line", INVOICE_LINE),
    Mapping("rate", RATE),
)

# What a table can do without: the events may not be bought, and say only sooner what the stories say too.
OPTIONAL = frozenset({"change_event"})

# The custom fields, pivoted by subject: raw table -> (subject type, field-map entity).
CUSTOM_FIELDS = (("workspace_field", "Workspace", "workspace"), ("story_field", "Story", "story"))
