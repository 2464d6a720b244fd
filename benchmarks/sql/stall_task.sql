-- The tasks under way of clients' open projects, and when each last moved.
WITH changed AS (
    SELECT task_id, recorded_date,
           progress_bp <> lag(progress_bp, 1, 0) OVER (PARTITION BY task_id ORDER BY recorded_date, progress_id)
               AS is_move
    FROM core.task_progress
),
moved AS (
    SELECT task_id, max(recorded_date) AS changed_date FROM changed
    WHERE is_move AND recorded_date <= $as_of GROUP BY task_id
)
SELECT task_id, project_id, p.account_id, task_type, state, t.start_date,
       greatest(changed_date, CASE WHEN t.start_date <= $as_of THEN t.start_date END,
                CASE WHEN actual_start_date <= $as_of THEN actual_start_date END) AS moved_date,
       date_diff('day', moved_date, $as_of) AS idle_days, idle_days >= $stalled_days AS is_stalled,
       list_contains($blocked_states, plain(state)) AS is_blocked
FROM core.task t JOIN core.project p USING (project_id) LEFT JOIN moved USING (task_id)
WHERE NOT has_children AND NOT t.is_archived AND NOT p.is_archived AND task_type <> 'milestone'
  AND contract_type <> 'internal' AND coalesce(closed_date > $as_of, true)
  AND coalesce(actual_finish_date > $as_of, true) AND moved_date IS NOT NULL
