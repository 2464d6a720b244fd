"""How Rocketlane's records become core rows: one query a table, over the raw tables of one account.

`{raw}` is the schema of the account's raw tables, `{instance}` its name, `{crm}` the instance whose account and
opportunity ids its projects carry, `{zone}` the reporting zone. `project_field` and `task_field` hold the custom
fields, one row a subject, as text.

Rocketlane has no change orders, baselines, billing milestones or rate tables: core has none of them from it. A
project's plan is the one first pulled; an hour's rates are those stamped on it.
"""

from tasks.core.mapping import STAMPS, VERSION, Mapping, custom
from tasks.core.rocketlane_billing import INVOICE_LINE
from tasks.core.rocketlane_plan import PLAN_TASK, TASK, TASK_PROGRESS

CONTRACT_TYPE = """CASE upper(contract)
        WHEN 'TIME_AND_MATERIAL' THEN CASE WHEN cap_amount IS NULL THEN 'time_and_materials' ELSE 'capped' END
        WHEN 'FIXED_FEE' THEN 'fixed_fee' WHEN 'SUBSCRIPTION' THEN 'retainer' WHEN 'NON_BILLABLE' THEN 'internal'
    END"""

# A subscription's time is agreed by period; core counts it by the month.
PERIOD_MONTHS = """CASE upper(period_frequency)
        WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 WHEN 'HALF_YEARLY' THEN 6 WHEN 'YEARLY' THEN 12
        WHEN 'ANNUALLY' THEN 12 END"""

PROJECT = f"""
WITH known AS (
    SELECT v.*, f.account_ref, f.opportunity_ref, f.cap_amount,
           {custom("cap_amount", "number")} AS cap,
           {custom("has_retainer_carry", "boolean")} AS has_retainer_carry,
           {custom("retainer_window_months", "integer")} AS retainer_window_months,
           {custom("sow_start_date", "date")} AS sow_start_date,
           f._unreadable AS unreadable_fields, {PERIOD_MONTHS} AS period_months
    FROM {{raw}}.project v
    LEFT JOIN {{raw}}.project_field f ON f.subject_id = v.id
)
SELECT '{{instance}}:' || v.id AS project_id,
       '{{crm}}:' || account_ref AS account_id,
       '{{crm}}:' || opportunity_ref AS opportunity_id,
       title AS name,
       {CONTRACT_TYPE} AS contract_type,
       currency,
       number_to_minor(fixed_fee, 1, currency) AS price_minor,
       number_to_minor(cap, 1, currency) AS cap_minor,
       round(budget_hours * 3600)::BIGINT AS budget_seconds,
       half_even(period_minutes * 60, period_months) AS retainer_seconds,
       has_retainer_carry, retainer_window_months, sow_start_date, start_date, due_date, closed_date,
       coalesce(is_archived, false) AS is_archived,
       {STAMPS},
       nullif(concat_ws(',', v._unreadable, unreadable_fields, CASE WHEN period_minutes IS NOT NULL
           AND period_months IS NULL THEN 'period_frequency' END), '') AS _unreadable
FROM known v
"""

# Rates of two currencies cannot stand in one row: a cost in another currency than the price is left to the metrics'
# own cost rates.
TIME_ENTRY = f"""
SELECT '{{instance}}:' || v.id AS entry_id,
       '{{instance}}:' || v.project_id AS project_id,
       '{{instance}}:' || v.task_id AS task_id,
       '{{instance}}:' || member.role_id AS role_id,
       v.work_date,
       v.minutes * 60 AS seconds,
       v.is_billable,
       CASE WHEN NOT v.is_billable
            THEN CASE WHEN {custom("is_contractual_non_billable", "boolean")} THEN 'contractual' ELSE 'goodwill' END
       END AS non_billable_reason,
       CASE upper(v.status) WHEN 'APPROVED' THEN 'approved' WHEN 'SUBMITTED' THEN 'submitted'
            WHEN 'REJECTED' THEN 'rejected' WHEN 'NOT_SUBMITTED' THEN 'draft' END AS approval,
       number_to_minor(v.bill_rate, 1, v.bill_currency) AS bill_rate_minor,
       CASE WHEN v.cost_currency = coalesce(v.bill_currency, v.cost_currency)
            THEN number_to_minor(v.cost_rate, 1, v.cost_currency) END AS cost_rate_minor,
       coalesce(v.bill_currency, v.cost_currency, project.currency) AS currency,
       NULL AS change_order_id,
       NULL AS reverses_id,
       {VERSION}
FROM {{raw}}.time_entry v
LEFT JOIN {{raw}}.task_field f ON f.subject_id = v.task_id
LEFT JOIN {{raw}}.user member ON member.id = v.user_id AND member._is_newest
LEFT JOIN {{raw}}.project project ON project.id = v.project_id AND project._is_newest
"""

MAPPINGS = (
    Mapping("project", PROJECT),
    Mapping("task", TASK),
    Mapping("task_progress", TASK_PROGRESS),
    Mapping("plan_task", PLAN_TASK),
    Mapping("time_entry", TIME_ENTRY),
    Mapping("invoice_line", INVOICE_LINE),
)

OPTIONAL: frozenset[str] = frozenset()

# The custom fields, pivoted by subject: raw table -> (subject type, field-map entity).
CUSTOM_FIELDS = (("project_field", "Project", "project"), ("task_field", "Task", "task"))
