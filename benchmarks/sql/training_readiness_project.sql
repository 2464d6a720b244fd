-- The operators of each client project who must be trained, and who were in time.
SELECT project_id, account_id, CASE WHEN closed_date <= $as_of THEN closed_date END AS sign_off_date,
       CASE WHEN is_read THEN count(training_id) END AS required_count,
       CASE WHEN is_read THEN count(*) FILTER (completed_date <= $as_of) END AS trained_count,
       CASE WHEN is_read THEN count(*) FILTER (completed_date <= least($as_of, closed_date)) END
           AS trained_in_time_count,
       CASE WHEN required_count > 0 THEN trained_in_time_count / required_count END AS trained_ratio,
       CASE WHEN NOT is_read THEN 'unknown' WHEN required_count = 0 THEN 'none'
            WHEN trained_in_time_count = required_count THEN 'ready' WHEN sign_off_date IS NULL THEN 'open'
            ELSE 'untrained' END AS state,
       CASE WHEN NOT is_read THEN 'training' END AS missing_input
FROM core.project
LEFT JOIN (SELECT training_id, project_id, completed_date FROM core.training WHERE is_required) USING (project_id)
JOIN core.feed ON feed_id = 'training'
WHERE contract_type <> 'internal'
GROUP BY project_id, account_id, closed_date, is_read
