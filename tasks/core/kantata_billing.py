"""How Kantata's change orders, milestones, invoices and rates become core rows: one query a table.

See `tasks/core/kantata.py` for the names the queries use.
"""

from tasks.core.kantata_plan import MOMENTS
from tasks.core.mapping import VERSION, custom

# Folded from several records: it has one version, as known now.
FOLDED = "1 AS _version, false AS _deleted"


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

BILLING_MILESTONE = f"""
WITH {MOMENTS}
SELECT '{{instance}}:' || v.id AS milestone_id,
       '{{instance}}:' || v.workspace_id AS project_id,
       '{{instance}}:' || v.story_id AS task_id,
       v.title AS name,
       to_minor(v.amount_cents, v.currency, v.currency_base_unit) AS amount_minor,
       v.currency,
       CASE WHEN story.state = 'completed' THEN moment.completed_date END AS accepted_date,
       {VERSION}
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
    SELECT billed.*, discount.cents AS discount_cents,
           sum(value_cents) OVER whole AS total_cents, sum(value_cents) OVER upto AS upto_cents
    FROM billed JOIN discount ON discount.invoice_id = billed.invoice_id
    WINDOW whole AS (PARTITION BY billed.invoice_id),
           upto AS (PARTITION BY billed.invoice_id ORDER BY try_cast(billed.item_id AS BIGINT), billed.item_id)
),
priced AS (
    SELECT id, invoice_id, workspace_id, item_id, minutes, value_cents AS cents
    FROM billed WHERE invoice_id NOT IN (SELECT invoice_id FROM discount)
    UNION ALL
    SELECT id, invoice_id, workspace_id, item_id, minutes,
           value_cents - CASE WHEN total_cents = 0 THEN 0 ELSE
               discount_cents * upto_cents // total_cents - discount_cents * (upto_cents - value_cents) // total_cents
           END
    FROM running
),
line AS (
    SELECT id, invoice_id, workspace_id, 'time' AS line_type, item_id AS entry_id, NULL AS milestone_id,
           NULL AS change_order_id, minutes * 60 AS seconds, cents
    FROM priced
    UNION ALL
    SELECT item.id, item.invoice_id, milestone.workspace_id, 'milestone', NULL, item.item_id, NULL, NULL,
           item.amount_cents
    FROM item LEFT JOIN {{raw}}.billing_milestone milestone ON milestone.id = item.item_id AND milestone._is_newest
    WHERE item.item_type = 'billing_milestone'
    UNION ALL
    SELECT item.id, item.invoice_id, story.workspace_id,
           CASE WHEN f.change_order_id IS NULL THEN 'other' ELSE 'change_order' END,
           NULL, NULL, f.change_order_id, NULL, item.amount_cents
    FROM item
    LEFT JOIN story ON story.id = item.story_id
    LEFT JOIN {{raw}}.story_field f ON f.subject_id = item.story_id
    WHERE item.item_type = 'fixed_fee_item'
    UNION ALL
    SELECT item.id, item.invoice_id, NULL, 'other', NULL, NULL, NULL, NULL, item.amount_cents
    FROM item
    WHERE item.item_type = 'additional_item'
      AND (item.amount_cents >= 0 OR item.invoice_id NOT IN (SELECT invoice_id FROM billed))
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
       CASE WHEN invoice.status = 'cancelled' THEN 'cancelled' WHEN invoice.is_draft THEN 'draft' ELSE 'posted' END
       AS status,
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
       {VERSION}
FROM {{raw}}.rate v
"""
