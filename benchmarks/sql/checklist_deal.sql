-- The required items of each won deal at its two handoff points.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date, month, tier
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount)
),
points AS (
    SELECT deals.*, handoff_point,
           CASE handoff_point WHEN 'sales_to_implementation' THEN started_date ELSE delivered_date END AS advanced_date
    FROM deals LEFT JOIN deliveries($as_of, $go_live_milestones) USING (opportunity_id),
         (VALUES ('sales_to_implementation'), ('implementation_to_success')) point(handoff_point)
),
counted AS (
    SELECT p.opportunity_id, p.handoff_point, count(*) AS required,
           count(*) FILTER (signed_date <= $as_of) AS signed,
           count(*) FILTER (signed_date <= least($as_of, advanced_date)) AS in_time
    FROM points p JOIN core.checklist_item i USING (opportunity_id, handoff_point)
    WHERE is_required GROUP BY ALL
),
known AS (
    SELECT points.*, CASE WHEN NOT is_read THEN 'checklist_item' END AS missing_input,
           CASE WHEN is_read THEN coalesce(required, 0) END AS required_count,
           CASE WHEN is_read THEN coalesce(signed, 0) END AS signed_count,
           CASE WHEN is_read THEN CASE WHEN advanced_date IS NULL THEN 0 ELSE coalesce(in_time, 0) END END
               AS signed_in_time_count
    FROM points LEFT JOIN counted USING (opportunity_id, handoff_point) JOIN core.feed ON feed_id = 'checklist_item'
)
SELECT *,
       CASE WHEN missing_input IS NOT NULL THEN 'unknown'
            WHEN advanced_date IS NOT NULL THEN
                CASE WHEN required_count = 0 OR signed_count < required_count THEN 'advanced_unsigned'
                     WHEN signed_in_time_count < required_count THEN 'late' ELSE 'signed' END
            WHEN required_count = 0 THEN 'none' WHEN signed_count < required_count THEN 'open' ELSE 'signed' END
           AS state,
       CASE WHEN missing_input IS NULL THEN advanced_date IS NOT NULL END AS is_advanced,
       CASE WHEN missing_input IS NULL THEN state = 'signed' END AS is_signed,
       CASE WHEN missing_input IS NULL THEN state = 'advanced_unsigned' END AS is_advanced_unsigned
FROM known
