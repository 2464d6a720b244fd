"""How Kantata's records become core rows: one query a table, over the raw tables of one account.

`{raw}` is the schema of the account's raw tables (every known version of every record), `{instance}` its name,
`{crm}` the instance whose account and opportunity ids its projects carry, `{zone}` the reporting zone.
`workspace_field` and `story_field` hold the custom fields, one row a subject, as text.
"""

from tasks.core.mapping import Mapping, custom

# The account's whole history of a record, with the columns that every core row carries along.
VERSION = "v._version, v._deleted, v._updated_at, v._extracted_at, v._hash"
# Folded from several records: it has one version, as known now.
FOLDED = "1 AS _version, false AS _deleted"

PROJECT = f"""
SELECT '{{instance}}:' || v.id AS project_id,
       '{{crm}}:' || f.account_ref AS account_id,
       '{{crm}}:' || f.opportunity_ref AS opportunity_id,
       v.title AS name,
       f.contract_type,
       v.currency,
       to_minor(v.price_cents, v.currency, v.currency_base_unit) AS price_minor,
       to_minor({custom("cap_cents", "integer")}, v.currency, v.currency_base_unit) AS cap_minor,
       ({custom("budget_hours", "number")} * 3600)::BIGINT AS budget_seconds,
       ({custom("retainer_hours", "number")} * 3600)::BIGINT AS retainer_seconds,
       {custom("has_retainer_carry", "boolean")} AS has_retainer_carry,
       {custom("retainer_window_months", "integer")} AS retainer_window_months,
       {custom("sow_start_date", "date")} AS sow_start_date,
       v.start_date,
       v.due_date,
       {custom("closed_date", "date")} AS closed_date,
       coalesce(v.is_archived, false) AS is_archived,
       {VERSION},
       nullif(concat_ws(',', v._unreadable, f._unreadable), '') AS _unreadable
FROM {{raw}}.workspace v
LEFT JOIN {{raw}}.workspace_field f ON f.subject_id = v.id
"""

# Started and completed come from the dated state changes: a story carries only its state of now.
MOMENTS = """
moment AS (
    SELECT story_id,
           local_date(min(changed_at) FILTER (state <> 'not started')) AS actual_start_date,
           local_date(max(changed_at) FILTER (state = 'completed')) AS completed_date
    FROM {raw}.story_state_change WHERE _is_newest AND NOT _deleted GROUP BY story_id
)
"""

TASK = f"""
WITH {MOMENTS},
parent AS (SELECT DISTINCT parent_id FROM {{raw}}.story WHERE _is_newest AND NOT _deleted)
SELECT '{{instance}}:' || v.id AS task_id,
       '{{instance}}:' || v.workspace_id AS project_id,
       '{{instance}}:' || v.parent_id AS parent_id,
       parent.parent_id IS NOT NULL AS has_children,
       v.title AS name,
       v.story_type AS task_type,
       v.state,
       '{{instance}}:' || f.role_id AS role_id,
       v.start_date,
       v.due_date,
       v.estimate_minutes * 60 AS estimate_seconds,
       v.percentage_complete * 100 AS progress_bp,
       moment.actual_start_date,
       CASE WHEN v.state = 'completed' THEN moment.completed_date END AS actual_finish_date,
       coalesce(v.is_archived, false) AS is_archived,
       coalesce({custom("is_contractual_non_billable", "boolean")}, false) AS is_contractual_non_billable,
       '{{instance}}:' || f.change_order_id AS change_order_id,
       v.created_at,
       {VERSION},
       nullif(concat_ws(',', v._unreadable, f._unreadable), '') AS _unreadable
FROM {{raw}}.story v
LEFT JOIN {{raw}}.story_field f ON f.subject_id = v.id
LEFT JOIN moment ON moment.story_id = v.id
LEFT JOIN parent ON parent.parent_id = v.id
"""

# Each version of a story says how far it was from the day the source stamped on it; the last of a day counts.
TASK_PROGRESS = """
SELECT '{instance}:' || id || ':' || local_date(_updated_at) AS progress_id,
       '{instance}:' || id AS task_id,
       local_date(_updated_at) AS recorded_date,
       percentage_complete * 100 AS progress_bp,
       1 AS _version, _deleted, _updated_at, _extracted_at, _hash, NULL AS _unreadable
FROM {raw}.story
WHERE percentage_complete IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id, local_date(_updated_at) ORDER BY _version DESC) = 1
"""

# Kantata's baselines hold dates, no hours: the estimate known when the baseline was first pulled stands for them.
# A project without a baseline is measured against its plan as first pulled.
PLAN_TASK = """
WITH baseline AS (
    SELECT *, row_number() OVER (PARTITION BY workspace_id ORDER BY created_at, try_cast(id AS BIGINT), id) AS plan_number
    FROM {raw}.workspace_baseline WHERE _is_newest AND NOT _deleted
),
first_pull AS (SELECT id, min(_extracted_at) AS pulled_at FROM {raw}.workspace_baseline GROUP BY id),
first_story AS (SELECT workspace_id, min(_extracted_at) AS pulled_at FROM {raw}.story GROUP BY workspace_id),
planned AS (
    SELECT part.id, part.story_id, part.start_date, part.due_date, baseline.workspace_id, baseline.plan_number,
           local_date(baseline.created_at) AS approved_date, 'vendor' AS origin, first_pull.pulled_at,
           part._updated_at, part._extracted_at, part._hash, part._unreadable
    FROM {raw}.baseline_story part
    JOIN baseline ON baseline.id = part.baseline_id
    JOIN first_pull ON first_pull.id = baseline.id
    WHERE part._is_newest AND NOT part._deleted
    UNION ALL
    SELECT 'first:' || story.id, story.id, story.start_date, story.due_date, story.workspace_id, 1,
           local_date(first_story.pulled_at), 'first_seen', first_story.pulled_at,
           story._updated_at, story._extracted_at, story._hash, story._unreadable
    FROM {raw}.story story
    JOIN first_story ON first_story.workspace_id = story.workspace_id AND first_story.pulled_at = story._extracted_at
    WHERE story._version = 1 AND NOT story._deleted
      AND NOT EXISTS (SELECT 1 FROM baseline WHERE baseline.workspace_id = story.workspace_id)
),
estimate AS (
    SELECT planned.id, story.estimate_minutes, story.story_type
    FROM planned JOIN {raw}.story story ON story.id = planned.story_id
    QUALIFY row_number() OVER (
        PARTITION BY planned.id
        ORDER BY CASE WHEN story._extracted_at <= planned.pulled_at THEN 0 ELSE 1 END,
                 CASE WHEN story._extracted_at <= planned.pulled_at THEN -story._version ELSE story._version END
    ) = 1
),
cost AS (
    SELECT planned.id, to_minor(rate.cost_rate_cents, rate.currency, rate.currency_base_unit) AS cost_rate_minor, rate.currency
    FROM planned
    LEFT JOIN {raw}.story_field field ON field.subject_id = planned.story_id
    JOIN {raw}.rate rate
      ON rate._is_newest AND NOT rate._deleted AND rate.effective_date <= planned.approved_date AND rate.cost_rate_cents IS NOT NULL
     AND (rate.workspace_id IS NULL OR rate.workspace_id = planned.workspace_id)
     AND (rate.role_id IS NULL OR rate.role_id = field.role_id)
    QUALIFY row_number() OVER (
        PARTITION BY planned.id
        ORDER BY rate.workspace_id IS NULL, rate.role_id IS NULL, rate.effective_date DESC, rate.id
    ) = 1
)
SELECT '{instance}:' || planned.id AS plan_task_id,
       '{instance}:' || planned.workspace_id AS project_id,
       '{instance}:' || planned.story_id AS task_id,
       planned.plan_number, planned.approved_date, planned.origin, planned.start_date, planned.due_date,
       CASE WHEN estimate.story_type = 'milestone' THEN 0 ELSE coalesce(estimate.estimate_minutes, 0) * 60 END AS budget_seconds,
       cost.cost_rate_minor, cost.currency,
       coalesce(estimate.story_type = 'milestone', false) AS is_milestone,
       1 AS _version, false AS _deleted, planned._updated_at, planned._extracted_at, planned._hash, planned._unreadable
FROM planned
LEFT JOIN estimate ON estimate.id = planned.id
LEFT JOIN cost ON cost.id = planned.id
"""

# A change order's own story says what it is now; the event feed, which forgets after nine days, fills in the rest.
CHANGE_ORDER = f"""
WITH said AS (
    SELECT f.change_order_id AS id, v.workspace_id, f.change_order_status AS status, f.change_order_pricing AS pricing,
           {custom("change_order_cents", "integer")} AS amount_cents,
           {custom("change_order_approved_date", "date")} AS approved_date,
           {custom("change_order_accepted_date", "date")} AS accepted_date,
           w.currency, w.currency_base_unit, 0 AS preference, v._updated_at AS changed_at,
           v._updated_at, v._extracted_at, v._hash, f._unreadable
    FROM {{raw}}.story v
    JOIN {{raw}}.story_field f ON f.subject_id = v.id
    JOIN {{raw}}.workspace w ON w.id = v.workspace_id AND w._is_newest
    WHERE v._is_newest AND NOT v._deleted AND f.change_order_id IS NOT NULL AND f.change_order_status IS NOT NULL
    UNION ALL
    SELECT e.subject_id, e.workspace_id, e.status, e.pricing, e.amount_cents, e.approved_date, e.accepted_date,
           w.currency, w.currency_base_unit, 1, e.changed_at, e._updated_at, e._extracted_at, e._hash, e._unreadable
    FROM {{raw}}.change_event e
    JOIN {{raw}}.workspace w ON w.id = e.workspace_id AND w._is_newest
    WHERE e._is_newest AND e.event_type LIKE 'budget_change_order:%'
)
SELECT '{{instance}}:' || id AS change_order_id,
       '{{instance}}:' || workspace_id AS project_id,
       status, pricing,
       to_minor(amount_cents, currency, currency_base_unit) AS amount_minor,
       currency, approved_date, accepted_date,
       {FOLDED}, _updated_at, _extracted_at, _hash, _unreadable
FROM said
QUALIFY row_number() OVER (PARTITION BY id ORDER BY preference, changed_at DESC, _hash) = 1
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
       {VERSION}, v._unreadable
FROM {{raw}}.time_entry v
LEFT JOIN {{raw}}.story_field f ON f.subject_id = v.story_id
"""

BILLING_MILESTONE = f"""
WITH {MOMENTS}
SELECT '{{instance}}:' || v.id AS milestone_id,
       '{{instance}}:' || v.workspace_id AS project_id,
       '{{instance}}:' || v.story_id AS task_id,
       v.title AS name,
       to_minor(v.amount_cents, v.currency, v.currency_base_unit) AS amount_minor,
       v.currency,
       CASE WHEN story.state = 'completed' THEN moment.completed_date END AS accepted_date,
       {VERSION}, v._unreadable
FROM {{raw}}.billing_milestone v
LEFT JOIN {{raw}}.story story ON story.id = v.story_id AND story._is_newest AND NOT story._deleted
LEFT JOIN moment ON moment.story_id = v.story_id
"""

# Kantata invoices whole entries at their rate; a discount is spread over the invoice's entries by value, by
# cumulative floors in entry order, so that its parts sum to it.
INVOICE_LINE = f"""
WITH invoice AS (SELECT * FROM {{raw}}.invoice WHERE _is_newest AND NOT _deleted),
item AS (SELECT * FROM {{raw}}.invoice_item WHERE _is_newest AND NOT _deleted),
story AS (SELECT * FROM {{raw}}.story WHERE _is_newest),
billed AS (
    SELECT item.id, item.invoice_id, item.item_id, entry.workspace_id, entry.minutes,
           coalesce(half_even(entry.minutes * entry.rate_cents, 60), 0) AS value_cents
    FROM item
    JOIN {{raw}}.time_entry entry ON entry.id = item.item_id AND entry._is_newest
    WHERE item.item_type = 'time_entry'
),
discount AS (
    SELECT invoice_id, -sum(amount_cents) AS cents
    FROM item WHERE item_type = 'additional_item' AND amount_cents < 0 GROUP BY invoice_id
),
running AS (
    SELECT billed.*, coalesce(discount.cents, 0) AS discount_cents,
           sum(value_cents) OVER whole AS total_cents, sum(value_cents) OVER upto AS upto_cents
    FROM billed LEFT JOIN discount ON discount.invoice_id = billed.invoice_id
    WINDOW whole AS (PARTITION BY billed.invoice_id),
           upto AS (PARTITION BY billed.invoice_id ORDER BY try_cast(billed.item_id AS BIGINT), billed.item_id)
),
line AS (
    SELECT id, invoice_id, workspace_id, 'time' AS line_type, item_id AS entry_id, NULL AS milestone_id,
           NULL AS change_order_id, minutes * 60 AS seconds,
           value_cents - CASE WHEN total_cents = 0 THEN 0 ELSE
               discount_cents * upto_cents // total_cents - discount_cents * (upto_cents - value_cents) // total_cents
           END AS cents
    FROM running
    UNION ALL
    SELECT item.id, item.invoice_id, milestone.workspace_id, 'milestone', NULL, item.item_id, NULL, NULL, item.amount_cents
    FROM item LEFT JOIN {{raw}}.billing_milestone milestone ON milestone.id = item.item_id AND milestone._is_newest
    WHERE item.item_type = 'billing_milestone'
    UNION ALL
    SELECT item.id, item.invoice_id, story.workspace_id,
           CASE WHEN f.change_order_id IS NULL THEN 'other' ELSE 'change_order' END, NULL, NULL, f.change_order_id, NULL, item.amount_cents
    FROM item
    LEFT JOIN story ON story.id = item.story_id
    LEFT JOIN {{raw}}.story_field f ON f.subject_id = item.story_id
    WHERE item.item_type = 'fixed_fee_item'
    UNION ALL
    SELECT item.id, item.invoice_id, NULL, 'other', NULL, NULL, NULL, NULL, item.amount_cents
    FROM item
    WHERE item.item_type = 'additional_item' AND (item.amount_cents >= 0 OR item.invoice_id NOT IN (SELECT invoice_id FROM billed))
)
SELECT '{{instance}}:' || line.id AS line_id,
       '{{instance}}:' || line.invoice_id AS invoice_id,
       '{{instance}}:' || line.workspace_id AS project_id,
       line.line_type,
       '{{instance}}:' || line.entry_id AS entry_id,
       '{{instance}}:' || line.milestone_id AS milestone_id,
       '{{instance}}:' || line.change_order_id AS change_order_id,
       line.seconds,
       to_minor(line.cents, invoice.currency, invoice.currency_base_unit) AS amount_minor,
       invoice.currency,
       invoice.invoice_date AS posted_date,
       CASE WHEN invoice.status = 'cancelled' THEN 'cancelled' WHEN invoice.is_draft THEN 'draft' ELSE 'posted' END AS status,
       {FOLDED}, invoice._updated_at, invoice._extracted_at, invoice._hash, invoice._unreadable
FROM line JOIN invoice ON invoice.id = line.invoice_id
"""

RATE = f"""
SELECT '{{instance}}:' || v.id AS rate_id,
       '{{instance}}:' || v.workspace_id AS project_id,
       '{{instance}}:' || v.role_id AS role_id,
       v.effective_date,
       to_minor(v.bill_rate_cents, v.currency, v.currency_base_unit) AS bill_rate_minor,
       to_minor(v.cost_rate_cents, v.currency, v.currency_base_unit) AS cost_rate_minor,
       v.currency,
       {VERSION}, v._unreadable
FROM {{raw}}.rate v
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

# The custom fields, pivoted by subject: raw table -> (subject type, field-map entity).
CUSTOM_FIELDS = (("workspace_field", "Workspace", "workspace"), ("story_field", "Story", "story"))
