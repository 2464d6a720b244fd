-- How long each account after go-live has been silent.
WITH used AS (
    SELECT account_id, max(usage_date) AS last_activity_date
    FROM core.usage_day WHERE user_type = 'customer' AND active_users > 0 AND usage_date <= $as_of GROUP BY ALL
),
feed AS (
    SELECT is_read, (SELECT max(usage_date) FROM core.usage_day WHERE usage_date <= $as_of) AS usage_date
    FROM core.feed WHERE feed_id = 'usage_day'
),
products AS (
    SELECT account_id, count(*) AS product_count,
           CASE WHEN count(*) = count(is_orphan) THEN count(*) FILTER (is_orphan) END AS orphan_product_count
    FROM mart.quiet_product GROUP BY account_id
),
trained AS (
    SELECT account_id, CASE WHEN bool_and(state <> 'unknown') THEN sum(required_count)::BIGINT END AS required_count,
           CASE WHEN bool_and(state <> 'unknown') THEN sum(trained_count)::BIGINT END AS trained_count
    FROM mart.training_readiness_project GROUP BY account_id
)
SELECT account_id, go_live_date, last_activity_date, usage_date,
       CASE WHEN is_read THEN $as_of - greatest(go_live_date, last_activity_date) END AS quiet_days,
       CASE WHEN NOT is_customer THEN 'former' WHEN NOT is_read THEN 'unknown'
            WHEN coalesce($as_of - usage_date > $usage_stale_days, true) THEN 'stale'
            WHEN $as_of - greatest(go_live_date, last_activity_date) >= $quiet_days THEN 'quiet'
            ELSE 'active' END AS state,
       CASE WHEN is_read AND state IN ('quiet', 'active', 'former') THEN state = 'quiet' END AS is_quiet,
       coalesce(product_count, 0) AS product_count,
       CASE WHEN product_count IS NULL THEN 0 ELSE orphan_product_count END AS orphan_product_count,
       required_count, trained_count, trained_count = required_count AS is_training_complete,
       CASE WHEN state = 'quiet' THEN CASE WHEN trained_count < required_count THEN 'error' ELSE 'warning' END END
           AS severity,
       CASE WHEN NOT is_read THEN 'usage_day' END AS missing_input
FROM live_account($as_of, $go_live_milestones)
LEFT JOIN used USING (account_id) LEFT JOIN products USING (account_id) LEFT JOIN trained USING (account_id), feed
