-- The planned value of each project, at every start and end of a task.
WITH work AS (FROM counted_work($as_of, $first_seen_limit_working_days) WHERE is_current),
plan AS (
    SELECT project_id, any_value(plan_number) AS plan_number, any_value(if(bac_minor IS NULL, 'hours', 'cost')) AS unit
    FROM work JOIN mart.schedule_task USING (project_id, task_id) GROUP BY project_id
),

-- Planned value in millionths at each start and end of a task of the plan in force, a straight line in between. A task
-- rises by a whole number of millionths a working day; what that misses is added on its last day.
line AS (
    SELECT w.project_id, w.start_date, w.due_date, begins.workdays_before AS opens,
           ends.workdays_before + ends.is_working::INT AS closes, ends.workdays_before AS due_opens,
           coalesce(bac_minor, bac_seconds) * 1000000 AS fine, closes > opens AS has_days,
           if(has_days, fine // (closes - opens), 0) AS slope, min(opens) OVER (PARTITION BY w.project_id) AS origin
    FROM work w JOIN mart.schedule_task USING (project_id, task_id)
    JOIN core.work_calendar begins ON begins.day = w.start_date
    JOIN core.work_calendar ends ON ends.day = w.due_date
    WHERE is_current
),
bend AS (
    SELECT project_id, (if(has_days, start_date, due_date) - 1)::DATE AS day,
           if(has_days, opens, due_opens) - origin AS elapsed_days, slope, 0 AS jump FROM line
    UNION ALL
    SELECT project_id, due_date, closes - origin, -slope, if(has_days, fine - slope * (closes - opens), fine)
    FROM line
),
curve AS (
    SELECT project_id, day, max(elapsed_days) AS elapsed_days,
           (max(elapsed_days) * sum(sum(slope)) OVER so_far
            - sum(sum(slope * elapsed_days)) OVER so_far + sum(sum(jump)) OVER so_far)::BIGINT AS pv_fine
    FROM bend GROUP BY project_id, day
    WINDOW so_far AS (PARTITION BY project_id ORDER BY day)
)
SELECT project_id, day, plan_number, unit, elapsed_days,
       CASE WHEN unit = 'cost' THEN half_even(pv_fine, 1000000) END AS pv_minor,
       CASE WHEN unit = 'hours' THEN half_even(pv_fine, 1000000) END AS pv_seconds
FROM curve JOIN plan USING (project_id)
