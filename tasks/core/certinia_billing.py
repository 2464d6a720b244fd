"""How Certinia's budgets, milestones, billing events and rate cards become core rows: one query a table.

See `tasks/core/certinia.py` for the names the queries use.
"""

from tasks.core.certinia_time import DAYS
from tasks.core.mapping import VERSION

# A change order is a budget of a change-request type. One that is billed itself has a fixed price; otherwise the time
# worked for it is billed. Where nobody says from when it is effective, the day it was first seen approved stands.
CHANGE_ORDER = f"""
WITH approved AS (
    SELECT id, local_date(min(_updated_at)) AS first_date FROM {{raw}}.budget
    WHERE is_approved OR status = 'approved' GROUP BY id
)
SELECT '{{instance}}:' || v.id AS change_order_id,
       '{{instance}}:' || v.project_id AS project_id,
       CASE WHEN v.is_approved THEN 'approved' ELSE v.status END AS status,
       CASE WHEN v.is_billable THEN 'fixed' ELSE 'time_and_materials' END AS pricing,
       number_to_minor(v.amount, 1, v.currency) AS amount_minor,
       v.currency,
       CASE WHEN v.is_approved OR v.status = 'approved' THEN coalesce(v.effective_date, approved.first_date) END
       AS approved_date,
       v.accepted_date,
       {VERSION}
FROM {{raw}}.budget v LEFT JOIN approved ON approved.id = v.id
WHERE v.budget_type = 'change'
"""

BILLING_MILESTONE = f"""
SELECT '{{instance}}:' || v.id AS milestone_id,
       '{{instance}}:' || v.project_id AS project_id,
       '{{instance}}:' || v.id AS task_id,
       v.name,
       number_to_minor(v.amount, 1, v.currency) AS amount_minor,
       v.currency,
       v.actual_date AS accepted_date,
       {VERSION}
FROM {{raw}}.milestone v
WHERE v.amount IS NOT NULL AND NOT coalesce(v.is_unbilled, false)
"""

# An item of the category Timecard bills a split: all time of its header in its period. Its amount is spread over the
# days by their value at the header's rate (by seconds without one), by cumulative floors, so that they sum to it.
# What bills no day that is known is a line that bills no time.
INVOICE_LINE = f"""
WITH {DAYS},
item AS (
    SELECT v.*, lower(v.category) AS kind, number_to_minor(v.amount, 1, v.currency) AS amount_minor,
           coalesce(event.invoice_date, v.item_date) AS posted_date,
           CASE WHEN event.status = 'cancelled' THEN 'cancelled' WHEN event.is_released THEN 'posted' ELSE 'draft' END
           AS state
    FROM {{raw}}.billing_event_item v
    LEFT JOIN {{raw}}.billing_event event ON event.id = v.event_id AND event._is_newest AND NOT event._deleted
    WHERE v._is_newest AND NOT v._deleted
),
valued AS (
    SELECT item.id, item.amount_minor, day.place, day.work_date, day.seconds,
           '{{instance}}:' || day.id || ':' || day.place AS entry_id,
           coalesce(half_even(number_to_minor(day.bill_rate, 1, day.currency) * day.seconds, 3600), 0) AS value
    FROM item
    JOIN {{raw}}.timecard_split split ON split.id = item.split_id AND split._is_newest
    JOIN day ON day.id = split.timecard_id AND day._is_newest AND NOT day._deleted AND coalesce(day.seconds, 0) <> 0
     AND day.work_date BETWEEN split.start_date AND split.end_date
    WHERE item.kind = 'timecard'
),
weighed AS (
    SELECT *, CASE WHEN sum(value) OVER (PARTITION BY id) = 0 THEN seconds ELSE value END AS weight FROM valued
),
running AS (
    SELECT *, sum(weight) OVER (PARTITION BY id) AS total,
           sum(weight) OVER (PARTITION BY id ORDER BY work_date, place) AS reached
    FROM weighed
),
told AS (
    SELECT id, ':' || place AS part, 'time' AS line_type, entry_id, NULL AS milestone_id, NULL AS change_order_id,
           seconds,
           (amount_minor::HUGEINT * reached::HUGEINT // total
            - amount_minor::HUGEINT * (reached - weight)::HUGEINT // total)::BIGINT AS amount_minor
    FROM running
    UNION ALL
    SELECT item.id, '',
           CASE WHEN kind = 'milestone' AND milestone_id IS NOT NULL THEN 'milestone'
                WHEN change.id IS NOT NULL THEN 'change_order' ELSE 'other' END,
           NULL, CASE WHEN kind = 'milestone' THEN '{{instance}}:' || milestone_id END, '{{instance}}:' || change.id,
           NULL, amount_minor
    FROM item
    LEFT JOIN (SELECT id FROM {{raw}}.budget WHERE _is_newest AND budget_type = 'change') change
      ON change.id = item.budget_id AND item.kind = 'budget'
    WHERE item.id NOT IN (SELECT id FROM valued)
)
SELECT '{{instance}}:' || told.id || told.part AS line_id,
       '{{instance}}:' || coalesce(item.event_id, item.id) AS invoice_id,
       '{{instance}}:' || item.project_id AS project_id,
       told.line_type, told.entry_id, told.milestone_id, told.change_order_id, told.seconds, told.amount_minor,
       item.currency, item.posted_date, item.state AS status,
       1 AS _version, false AS _deleted, item._updated_at, item._extracted_at, item._hash, item._unreadable
FROM told JOIN item ON item.id = told.id
"""

# A card of one customer is no list rate; what such a customer pays stands on the assignments.
RATE = f"""
SELECT '{{instance}}:' || v.id AS rate_id,
       '{{instance}}:' || v.role AS role_id,
       v.effective_date,
       number_to_minor(v.bill_rate, 1, v.currency) AS bill_rate_minor,
       number_to_minor(v.cost_rate, 1, v.currency) AS cost_rate_minor,
       v.currency,
       {VERSION}
FROM {{raw}}.rate_card v
WHERE v.account_id IS NULL
"""
