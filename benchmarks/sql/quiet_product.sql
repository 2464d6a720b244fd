-- How long each product that a live customer pays for has not been used.
WITH bought AS (
    SELECT account_id, coalesce(product, '') AS product, min(start_date) AS bought_date,
           bool_or(subscription_id IN (SELECT subscription_id FROM mart.mrr_line
                                       WHERE start_date <= $as_of AND counted_until_date > $as_of)) AS is_held
    FROM core.subscription GROUP BY ALL
),
used AS (
    SELECT account_id, coalesce(product, '') AS product, max(usage_date) AS last_activity_date
    FROM core.usage_day WHERE user_type = 'customer' AND active_users > 0 AND usage_date <= $as_of GROUP BY ALL
),
feed AS (
    SELECT is_read, (SELECT max(usage_date) FROM core.usage_day WHERE usage_date <= $as_of) AS newest
    FROM core.feed WHERE feed_id = 'usage_day'
)
SELECT account_id, product, go_live_date, bought_date, last_activity_date,
       CASE WHEN is_read THEN $as_of - greatest(go_live_date, bought_date, last_activity_date) END AS quiet_days,
       CASE WHEN NOT is_read THEN 'unknown' WHEN coalesce($as_of - newest > $usage_stale_days, true) THEN 'stale'
            WHEN $as_of - greatest(go_live_date, bought_date, last_activity_date) >= $quiet_days THEN 'quiet'
            ELSE 'active' END AS state,
       CASE WHEN state IN ('quiet', 'active') THEN state = 'quiet' END AS is_orphan,
       CASE WHEN NOT is_read THEN 'usage_day' END AS missing_input
FROM live_account($as_of, $go_live_milestones)
JOIN bought USING (account_id) LEFT JOIN used USING (account_id, product), feed
WHERE is_customer AND is_held
