-- The closeout survey of each client project that is closed.
WITH sent AS (
    SELECT project_id, min(sent_date) AS sent_date
    FROM core.survey JOIN project_lives($as_of, $go_live_milestones) USING (project_id)
    WHERE occasion = 'closeout' AND sent_date <= $as_of AND sent_date >= closed_day - $survey_days
    GROUP BY project_id
)
SELECT project_id, account_id, closed_day AS closed_date, $as_of - closed_day AS closed_since_days, sent_date,
       sent_date - closed_day AS sent_after_days,
       CASE WHEN NOT is_read THEN 'unknown' WHEN sent_after_days <= $survey_days THEN 'in_time'
            WHEN sent_date IS NOT NULL THEN 'late' WHEN closed_since_days <= $survey_days THEN 'due'
            ELSE 'missing' END AS state,
       CASE WHEN NOT is_read THEN 'survey' END AS missing_input
FROM project_lives($as_of, $go_live_milestones) LEFT JOIN sent USING (project_id)
JOIN core.feed ON feed_id = 'survey'
WHERE closed_day IS NOT NULL
