-- The newest closeout of each won deal.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date, month, tier
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount)
),
newest AS (
    SELECT *, $as_of >= signed_date AND document IS NOT NULL AS is_final
    FROM core.closeout WHERE coalesce(meeting_date, signed_date) <= $as_of
    QUALIFY row_number() OVER (
        PARTITION BY opportunity_id ORDER BY coalesce(meeting_date, signed_date) DESC, closeout_id DESC) = 1
),
listed AS (
    SELECT closeout_id, count(*) AS deliverable_count, count(*) FILTER (validated_date <= $as_of) AS validated_count
    FROM core.deliverable GROUP BY closeout_id
),
read AS (SELECT c.is_read AS knows, c.is_read AND d.is_read AS knows_list,
                CASE WHEN NOT c.is_read THEN 'closeout' WHEN NOT d.is_read THEN 'deliverable' END AS missing_input
         FROM core.feed c, core.feed d WHERE c.feed_id = 'closeout' AND d.feed_id = 'deliverable')
SELECT opportunity_id, account_id, close_date, month, tier, closeout_id, meeting_date, delivered_date, missing_input,
       CASE WHEN signed_date <= $as_of THEN signed_date END AS signed_date, deliverable_count, validated_count,
       CASE WHEN knows THEN closeout_id IS NOT NULL END AS is_held,
       CASE WHEN knows THEN
           coalesce(has_customer AND has_implementation AND has_customer_success, false) OR
           list_contains(CASE tier WHEN 'digital' THEN ($removed)['digital'] WHEN 'mixed' THEN ($removed)['mixed']
               WHEN 'high_touch' THEN ($removed)['high_touch'] ELSE [] END, 'closeout_meeting') END AS is_attended,
       CASE WHEN knows_list THEN coalesce(validated_count = deliverable_count, false) END AS is_validated,
       CASE WHEN knows THEN closeout_id IS NOT NULL
           AND plain(next_steps) NOT IN list_concat([''], $placeholders) END AS has_next_steps,
       CASE WHEN knows THEN coalesce(is_final, false) END AS is_signed_off,
       CASE WHEN knows THEN delivered_date IS NOT NULL END AS is_delivered,
       CASE WHEN knows THEN delivered_date IS NOT NULL AND NOT coalesce(is_final, false) END AS is_closed_unsigned,
       CASE WHEN knows_list THEN is_held AND is_attended AND is_validated AND has_next_steps AND is_signed_off END
           AS is_complete,
       CASE WHEN NOT knows THEN 'unknown' WHEN is_closed_unsigned THEN 'closed_unsigned' WHEN NOT is_held THEN 'none'
            WHEN is_complete IS NULL THEN 'unknown' WHEN is_complete THEN 'complete' ELSE 'incomplete' END AS state
FROM deals LEFT JOIN newest USING (opportunity_id) LEFT JOIN listed USING (closeout_id)
LEFT JOIN deliveries($as_of, $go_live_milestones) USING (opportunity_id), read
