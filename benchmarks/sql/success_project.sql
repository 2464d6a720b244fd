-- The closed projects and what became of them.
WITH lives AS (
    SELECT project_id, opportunity_id, closed_day AS closed_date, coalesce(milestone_date, closed_day) AS go_live_date
    FROM project_lives($as_of, $go_live_milestones) WHERE closed_day IS NOT NULL
),
rated AS (
    SELECT opportunity_id, rating FROM core.closeout WHERE coalesce(meeting_date, signed_date) <= $as_of
    QUALIFY row_number() OVER (
        PARTITION BY opportunity_id ORDER BY coalesce(meeting_date, signed_date) DESC, closeout_id DESC) = 1
)
SELECT project_id, account_id, opportunity_id, date_trunc('month', closed_date)::DATE AS month, closed_date, go_live_date,
       plan_finish_date, CASE WHEN is_slip_reliable THEN go_live_date <= plan_finish_date END AS is_on_time,
       CASE unit WHEN 'cost' THEN ac_minor <= bac_minor ELSE ac_seconds <= bac_seconds END AS is_on_budget,
       rating, rating >= $success_rating AS is_rated_well,
       CASE WHEN is_on_time IS NULL OR is_on_budget IS NULL OR is_rated_well IS NULL THEN 'unknown'
            WHEN is_on_time AND is_on_budget AND is_rated_well THEN 'success' ELSE 'failed' END AS state,
       CASE WHEN NOT is_read THEN 'closeout' END AS missing_input
FROM mart.schedule_project JOIN lives USING (project_id) LEFT JOIN rated USING (opportunity_id)
JOIN core.feed ON feed_id = 'closeout'
