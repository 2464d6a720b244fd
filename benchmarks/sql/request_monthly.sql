-- Requests by month and tier; the month of the day for every tier with customers.
WITH tier_of AS (
    FROM account_tiers($as_of, $mixed_from_amount, $high_touch_from_amount, $full_team_from_amount)
),
known AS (
    SELECT month, tier, ticket_id, kind, is_routed, is_misrouted, rating FROM mart.request_ticket
    UNION ALL
    SELECT DISTINCT date_trunc('month', $as_of::DATE)::DATE, tier, NULL, NULL, NULL::BOOLEAN, NULL::BOOLEAN, NULL
    FROM tier_of WHERE tier <> 'unknown'
)
SELECT month, tier,
       CASE WHEN bool_and(is_read) THEN count(ticket_id) END AS request_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (kind = 'reactive') END AS reactive_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (kind = 'proactive') END AS proactive_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (kind = 'strategic') END AS strategic_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (kind = 'unknown') END AS unclassified_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (is_routed) END AS routed_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (is_misrouted) END AS misrouted_count,
       CASE WHEN bool_and(is_read) THEN count(rating) END AS rated_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (rating = 'good') END AS good_count,
       CASE WHEN routed_count > 0 THEN misrouted_count * 100.0 / routed_count END AS misrouted_pct,
       CASE WHEN rated_count > 0 THEN good_count * 100.0 / rated_count END AS good_pct,
       CASE WHEN NOT bool_and(is_read) THEN 'ticket' END AS missing_input
FROM known JOIN core.feed ON feed_id = 'ticket'
GROUP BY month, tier
