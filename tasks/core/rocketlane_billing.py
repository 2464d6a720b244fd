"""How Rocketlane's invoices become core rows. See `tasks/core/rocketlane.py` for the names the query uses."""

# An invoice line names a project, not the time it bills. On a project billed by the hour, a line sold on the project is
# spent on the approved billable entries in the order of their days, first in first out, by its quantity in hours; a
# credit of hours gives back the last ones spent. What finds no entry stays a line that bills no time, with its share of
# the amount by seconds. The rest of the amount follows the value of the entries at their own rates (by seconds where
# none has a rate), by cumulative floors: the parts sum to the line. An amount taken off without hours bills no time.
INVOICE_LINE = """
WITH invoice AS (
    SELECT *, CASE WHEN upper(status) = 'DRAFT' THEN 'draft'
                   WHEN upper(status) IN ('VOID', 'VOIDED', 'CANCELLED') THEN 'cancelled' ELSE 'posted' END AS state
    FROM {raw}.invoice WHERE _is_newest AND NOT _deleted
),
line AS (
    SELECT item.id, item.invoice_id, item.quantity, invoice.currency, invoice.invoice_date, invoice.state,
           coalesce(CASE WHEN upper(item.source_type) = 'PROJECT' THEN item.source_id END, invoice.project_id)
           AS project_id,
           coalesce(upper(item.source_type) = 'PROJECT', false) AS is_sold,
           number_to_minor(item.amount, 1, invoice.currency) AS amount_minor,
           round(item.quantity * 3600)::BIGINT AS seconds,
           invoice._updated_at, invoice._extracted_at, invoice._hash,
           nullif(concat_ws(',', invoice._unreadable, item._unreadable), '') AS _unreadable
    FROM {raw}.invoice_line item JOIN invoice ON invoice.id = item.invoice_id
    WHERE item._is_newest AND NOT item._deleted
),
hourly AS (
    SELECT id FROM {raw}.project WHERE _is_newest AND NOT _deleted AND upper(contract) = 'TIME_AND_MATERIAL'
),
spent AS (
    SELECT line.id, line.project_id, abs(seconds) AS seconds, abs(amount_minor) AS amount_minor,
           CASE WHEN seconds < 0 THEN -1 ELSE 1 END AS sign,
           sum(seconds) OVER so_far - greatest(seconds, 0) AS since
    FROM line SEMI JOIN hourly ON hourly.id = line.project_id
    WHERE line.state = 'posted' AND line.is_sold
      AND (line.seconds > 0 AND line.amount_minor >= 0 OR line.seconds < 0 AND line.amount_minor <= 0)
    WINDOW so_far AS (PARTITION BY line.project_id ORDER BY line.invoice_date, try_cast(line.id AS BIGINT), line.id)
),
entry AS (
    SELECT id, project_id, minutes * 60 AS seconds, number_to_minor(bill_rate, 1, bill_currency) AS rate_minor,
           sum(minutes * 60) OVER (PARTITION BY project_id ORDER BY work_date, try_cast(id AS BIGINT), id) AS upto
    FROM {raw}.time_entry
    WHERE _is_newest AND NOT _deleted AND is_billable AND upper(status) = 'APPROVED' AND minutes > 0
),
overlap AS (
    SELECT spent.id, spent.seconds AS line_seconds, spent.amount_minor, spent.sign, entry.id AS entry_id,
           entry.rate_minor, entry.upto,
           greatest(spent.since - (entry.upto - entry.seconds), 0) AS since,
           least(spent.since + spent.seconds - (entry.upto - entry.seconds), entry.seconds) AS until
    FROM spent JOIN entry ON entry.project_id = spent.project_id
     AND entry.upto > spent.since AND entry.upto - entry.seconds < spent.since + spent.seconds
),
valued AS (
    SELECT *, until - since AS seconds,
           coalesce(half_even(rate_minor * until, 3600) - half_even(rate_minor * since, 3600), 0) AS value
    FROM overlap
),
weighed AS (
    SELECT *, CASE WHEN sum(value) OVER whole = 0 THEN seconds ELSE value END AS weight,
           sum(seconds) OVER whole AS found_seconds
    FROM valued WINDOW whole AS (PARTITION BY id)
),
running AS (
    SELECT *, sum(weight) OVER (PARTITION BY id) AS total, sum(weight) OVER (PARTITION BY id ORDER BY upto) AS reached,
           amount_minor - amount_minor::HUGEINT * (line_seconds - found_seconds) // line_seconds AS charged
    FROM weighed
),
allocated AS (
    SELECT id, entry_id, (sign * seconds)::BIGINT AS seconds,
           (sign * (charged * reached::HUGEINT // total - charged * (reached - weight)::HUGEINT // total))::BIGINT
           AS amount_minor
    FROM running
    UNION ALL
    SELECT spent.id, NULL, NULL,
           (spent.sign * (spent.amount_minor::HUGEINT * (spent.seconds - coalesce(found.seconds, 0)) // spent.seconds)
           )::BIGINT
    FROM spent
    LEFT JOIN (SELECT id, max(found_seconds) AS seconds FROM weighed GROUP BY id) found ON found.id = spent.id
    WHERE coalesce(found.seconds, 0) < spent.seconds
),
told AS (
    SELECT id, CASE WHEN entry_id IS NULL THEN 'other' ELSE 'time' END AS line_type, entry_id, seconds, amount_minor,
           true AS is_allocated
    FROM allocated
    UNION ALL
    SELECT id, 'other', NULL, NULL, amount_minor, false FROM line WHERE id NOT IN (SELECT id FROM spent)
)
SELECT '{instance}:' || told.id || coalesce(':' || told.entry_id, '') AS line_id,
       '{instance}:' || line.invoice_id AS invoice_id,
       '{instance}:' || line.project_id AS project_id,
       told.line_type,
       '{instance}:' || told.entry_id AS entry_id,
       NULL AS milestone_id,
       NULL AS change_order_id,
       told.seconds, told.amount_minor, told.is_allocated,
       line.currency, line.invoice_date AS posted_date, line.state AS status,
       1 AS _version, false AS _deleted, line._updated_at, line._extracted_at, line._hash, line._unreadable
FROM told JOIN line ON line.id = told.id
"""
