"""How Certinia's records become core rows: one query a table, over the raw tables of one org.

`{raw}` is the schema of the org's raw tables (every known version of every record), `{instance}` its name, `{crm}` the
instance whose account and opportunity ids its projects carry.

Certinia keeps no baseline of tasks and milestones: a project's plan is the one first pulled. It keeps time by the week:
see `tasks/core/certinia_time.py`.
"""

from tasks.core.certinia_billing import BILLING_MILESTONE, CHANGE_ORDER, INVOICE_LINE, RATE
from tasks.core.certinia_plan import PLAN_TASK, TASK, TASK_PROGRESS
from tasks.core.certinia_time import TIME_ENTRY
from tasks.core.mapping import VERSION, Mapping

PROJECT = f"""
SELECT '{{instance}}:' || v.id AS project_id,
       '{{crm}}:' || v.account_id AS account_id,
       '{{crm}}:' || v.opportunity_id AS opportunity_id,
       v.name,
       CASE WHEN v.is_billable THEN v.contract_type ELSE 'internal' END AS contract_type,
       v.currency,
       number_to_minor(v.bookings, 1, v.currency) AS price_minor,
       number_to_minor(v.cap, 1, v.currency) AS cap_minor,
       round(v.planned_hours * 3600)::BIGINT AS budget_seconds,
       round(v.retainer_hours * 3600)::BIGINT AS retainer_seconds,
       v.has_retainer_carry, v.retainer_window_months, v.sow_start_date, v.start_date, v.due_date, v.closed_date,
       NOT coalesce(v.is_active, true) AS is_archived,
       {VERSION}
FROM {{raw}}.project v
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
OPTIONAL: frozenset[str] = frozenset({"rate_card"})
CUSTOM_FIELDS: tuple[tuple[str, str, str], ...] = ()
