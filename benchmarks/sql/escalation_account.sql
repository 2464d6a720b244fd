-- The escalations of each customer, and its route.
WITH tier_of AS (
    FROM account_tiers($as_of, $mixed_from_amount, $high_touch_from_amount, $full_team_from_amount)
),
counted AS (
    SELECT account_id, count(*) FILTER (is_new) AS new_count, count(*) FILTER (is_open) AS open_count,
           count(*) FILTER (is_late AND (is_new OR is_open)) AS late_count,
           max(reply_seconds) FILTER (is_new) AS slowest_reply_seconds
    FROM mart.escalation_ticket WHERE account_id IS NOT NULL GROUP BY account_id
),
feeds AS (
    SELECT bool_or(is_read) FILTER (feed_id = 'ticket') AS has_tickets,
           bool_or(is_read) FILTER (feed_id = 'escalation_route') AS has_routes
    FROM core.feed
)
SELECT t.account_id, tier, acv_minor,
       CASE WHEN has_routes THEN r.account_id IS NOT NULL END AS has_route,
       CASE WHEN has_tickets THEN coalesce(new_count, 0) END AS new_count,
       CASE WHEN has_tickets THEN coalesce(open_count, 0) END AS open_count,
       CASE WHEN has_tickets THEN coalesce(late_count, 0) END AS late_count,
       slowest_reply_seconds,
       CASE WHEN NOT has_tickets THEN 'ticket' WHEN tier = 'digital' AND NOT has_routes THEN 'escalation_route' END
           AS missing_input,
       CASE WHEN missing_input IS NOT NULL THEN 'unknown' WHEN tier = 'digital' AND NOT has_route THEN 'no_route'
            WHEN c.late_count > 0 THEN 'late' ELSE 'in_order' END AS state
FROM tier_of t LEFT JOIN counted c USING (account_id)
LEFT JOIN (SELECT DISTINCT account_id FROM core.escalation_route) r USING (account_id) CROSS JOIN feeds
WHERE tier <> 'unknown' OR c.account_id IS NOT NULL
