-- The promises of each won deal.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date, month, tier
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount)
),
counted AS (
    SELECT opportunity_id, count(*) AS promised, count(*) FILTER (state = 'mapped') AS mapped,
           count(*) FILTER (state = 'mapped_late') AS late, count(*) FILTER (state = 'unmapped') AS unmapped,
           count(*) FILTER (state = 'pending') AS pending
    FROM mart.promise_item GROUP BY opportunity_id
)
SELECT opportunity_id, account_id, close_date, month, tier, CASE WHEN NOT is_read THEN 'promise' END AS missing_input,
       CASE WHEN is_read THEN coalesce(promised, 0) END AS promised_count,
       CASE WHEN is_read THEN coalesce(mapped, 0) END AS mapped_count,
       CASE WHEN is_read THEN coalesce(late, 0) END AS late_count,
       CASE WHEN is_read THEN coalesce(unmapped, 0) END AS unmapped_count,
       CASE WHEN is_read THEN coalesce(pending, 0) END AS pending_count,
       CASE WHEN promised_count > 0 THEN mapped_count * 100.0 / promised_count END AS mapped_pct,
       CASE WHEN NOT is_read THEN 'unknown' WHEN unmapped_count > 0 THEN 'unmapped' WHEN pending_count > 0 THEN 'pending'
            WHEN late_count > 0 THEN 'mapped_late' WHEN promised_count > 0 THEN 'mapped' ELSE 'none' END AS state
FROM deals LEFT JOIN counted USING (opportunity_id) JOIN core.feed ON feed_id = 'promise'
