-- How far each milestone has slipped, against the original plan and the one in force.
WITH planned AS (
    SELECT project_id, task_id, max(due_date) FILTER (is_original) AS original_due_date,
           max(due_date) FILTER (is_current) AS current_due_date,
           bool_or(is_reliable) FILTER (is_original) AS original_counts,
           bool_or(is_reliable) FILTER (is_current) AS current_counts
    FROM core.plan_task p
    JOIN plan_version($as_of, $first_seen_limit_working_days) v USING (project_id, plan_number)
    WHERE is_milestone GROUP BY project_id, task_id
),
known AS (
    SELECT p.*, coalesce(t.due_date, current_due_date) AS forecast_date,
           CASE WHEN actual_finish_date <= $as_of THEN actual_finish_date END AS actual_date,
           CASE WHEN actual_date IS NOT NULL THEN 'done'
                WHEN coalesce(is_archived, true) OR current_due_date IS NULL THEN 'dropped'
                WHEN current_due_date < $as_of THEN 'overdue' ELSE 'open' END AS state
    FROM planned p LEFT JOIN core.task t USING (task_id)
),
finished AS (
    SELECT *,
           CASE WHEN original_counts AND state <> 'dropped' THEN coalesce(actual_date, CASE
               WHEN original_due_date < $as_of OR forecast_date > original_due_date
               THEN greatest(forecast_date, $as_of) ELSE forecast_date END) END AS original_finish,
           CASE WHEN current_counts AND state <> 'dropped' THEN coalesce(actual_date, CASE
               WHEN current_due_date < $as_of OR forecast_date > current_due_date
               THEN greatest(forecast_date, $as_of) ELSE forecast_date END) END AS current_finish
    FROM known
)
SELECT task_id, project_id, original_due_date, current_due_date, forecast_date, actual_date, state,
       original_finish - original_due_date AS slip_original_days, current_finish - current_due_date AS slip_current_days,
       f.workdays_before + f.is_working::INT - d.workdays_before - d.is_working::INT AS slip_working_days,
       slip_current_days > 0 AS is_late
FROM finished
LEFT JOIN core.work_calendar f ON f.day = current_finish
LEFT JOIN core.work_calendar d ON d.day = current_due_date
