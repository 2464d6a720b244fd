-- Blocked and stalled work by project.
SELECT project_id, account_id, count(*) AS open_count, count(*) FILTER (is_stalled) AS stalled_count,
       count(*) FILTER (is_blocked) AS blocked_count, max(moved_date) AS moved_date,
       CASE WHEN blocked_count > 0 THEN 'blocked' WHEN stalled_count = open_count THEN 'stalled'
            WHEN stalled_count > 0 THEN 'slow' ELSE 'moving' END AS state
FROM mart.stall_task GROUP BY project_id, account_id
