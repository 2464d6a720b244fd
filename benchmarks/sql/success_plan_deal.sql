-- The first success plan of each won deal against its go-live.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date, month, tier
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount)
),
first_plan AS (
    SELECT opportunity_id, min(created_date) AS created_date
    FROM core.success_plan WHERE created_date <= $as_of GROUP BY opportunity_id
)
SELECT opportunity_id, account_id, close_date, month, tier, created_date, go_live_date,
       CASE WHEN NOT is_read THEN 'unknown'
            WHEN go_live_date IS NULL THEN CASE WHEN created_date IS NULL THEN 'none' ELSE 'started' END
            WHEN created_date IS NULL THEN 'missing'
            WHEN created_date < go_live_date THEN 'in_time' ELSE 'late' END AS state,
       CASE WHEN is_read THEN go_live_date IS NOT NULL END AS is_live,
       CASE WHEN is_read THEN state = 'in_time' END AS is_in_time,
       CASE WHEN NOT is_read THEN 'success_plan' END AS missing_input
FROM deals LEFT JOIN first_plan USING (opportunity_id)
LEFT JOIN deliveries($as_of, $go_live_milestones) USING (opportunity_id)
JOIN core.feed ON feed_id = 'success_plan'
