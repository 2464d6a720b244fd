"""How Certinia's timecards become core rows: a header is one person, project and week; each of its days is an entry.

A header may hold only the week's sum. Then the hours of its splits (parts of the week in one month, made on approval),
else its own, are spread evenly over the Mondays to Fridays of their period, to the second, and the entries are flagged
`is_allocated`. Headers are counted, splits never beside them.
"""

HOURS = """CASE week.place WHEN 1 THEN v.monday_hours WHEN 2 THEN v.tuesday_hours WHEN 3 THEN v.wednesday_hours
        WHEN 4 THEN v.thursday_hours WHEN 5 THEN v.friday_hours WHEN 6 THEN v.saturday_hours
        ELSE v.sunday_hours END"""

# Every day of every known version of a header: its date and its seconds, null where none were worked.
DAYS = f"""
week AS (SELECT * FROM (VALUES (1), (2), (3), (4), (5), (6), (7)) AS days(place)),
part AS (
    SELECT timecard_id, id, start_date, end_date, round(total_hours * 3600)::BIGINT AS seconds
    FROM {{raw}}.timecard_split WHERE _is_newest AND NOT _deleted AND total_hours <> 0
),
slot AS (
    SELECT v.*, week.place, {HOURS} AS hours,
           v.start_date + ((week.place - isodow(v.start_date) + 7) % 7)::INTEGER AS work_date,
           coalesce(v.monday_hours, 0) = 0 AND coalesce(v.tuesday_hours, 0) = 0 AND coalesce(v.wednesday_hours, 0) = 0
           AND coalesce(v.thursday_hours, 0) = 0 AND coalesce(v.friday_hours, 0) = 0
           AND coalesce(v.saturday_hours, 0) = 0 AND coalesce(v.sunday_hours, 0) = 0
           AND coalesce(v.total_hours, 0) <> 0 AS is_allocated
    FROM {{raw}}.timecard v CROSS JOIN week
),
share AS (
    SELECT slot.id, slot._version, slot.place,
           coalesce(part.seconds, round(slot.total_hours * 3600)::BIGINT) AS seconds,
           row_number() OVER period AS number, count(*) OVER whole AS days
    FROM slot LEFT JOIN part ON part.timecard_id = slot.id
    WHERE slot.is_allocated AND slot.place <= 5
      AND slot.work_date BETWEEN coalesce(part.start_date, slot.start_date) AND coalesce(part.end_date, slot.end_date)
    WINDOW whole AS (PARTITION BY slot.id, slot._version, part.id),
           period AS (PARTITION BY slot.id, slot._version, part.id ORDER BY slot.work_date)
),
day AS (
    SELECT slot.*,
           CASE WHEN slot.is_allocated
                THEN share.seconds * share.number // share.days - share.seconds * (share.number - 1) // share.days
                ELSE round(slot.hours * 3600)::BIGINT END AS seconds
    FROM slot
    LEFT JOIN share ON share.id = slot.id AND share._version = slot._version AND share.place = slot.place
)
"""

# A day that has lost its hours is a deletion of its entry; one that never had any is no entry.
TIME_ENTRY = f"""
WITH {DAYS},
change AS (SELECT id FROM {{raw}}.budget WHERE _is_newest AND NOT _deleted AND budget_type = 'change'),
known AS (
    SELECT day.*, coalesce(day.seconds, 0) = 0 AS is_empty,
           min(CASE WHEN day.seconds <> 0 THEN day._version END) OVER (PARTITION BY day.id, day.place) AS first_worked
    FROM day
)
SELECT '{{instance}}:' || v.id || ':' || v.place AS entry_id,
       '{{instance}}:' || v.project_id AS project_id,
       '{{instance}}:' || coalesce(v.task_id, v.milestone_id) AS task_id,
       '{{instance}}:' || assignment.role AS role_id,
       v.work_date, v.seconds, v.is_billable,
       CASE WHEN NOT v.is_billable
            THEN CASE WHEN task.is_contractual_non_billable THEN 'contractual' ELSE 'goodwill' END
       END AS non_billable_reason,
       CASE WHEN v.is_approved THEN 'approved' ELSE v.approval END AS approval,
       number_to_minor(v.bill_rate, 1, v.currency) AS bill_rate_minor,
       CASE WHEN coalesce(assignment.cost_currency, v.currency) = v.currency
            THEN number_to_minor(assignment.cost_rate, 1, v.currency) END AS cost_rate_minor,
       v.currency,
       '{{instance}}:' || change.id AS change_order_id,
       NULL AS reverses_id,
       v.is_allocated,
       v._version, v._deleted OR v.is_empty AS _deleted, v._updated_at, v._extracted_at, v._hash, v._unreadable
FROM known v
LEFT JOIN {{raw}}.assignment assignment ON assignment.id = v.assignment_id AND assignment._is_newest
LEFT JOIN {{raw}}.project_task task ON task.id = v.task_id AND task._is_newest
LEFT JOIN {{raw}}.milestone milestone ON milestone.id = v.milestone_id AND milestone._is_newest
LEFT JOIN change ON change.id = coalesce(task.budget_id, milestone.budget_id)
WHERE v._version >= v.first_worked
"""
