-- Who is assigned and in touch in the days after each won deal's go-live.
WITH deals AS (
    SELECT d.*, go_live_date, go_live_date + $burn_in_days::INTEGER AS burn_in_end_date
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount) d
    LEFT JOIN deliveries($as_of, $go_live_milestones) USING (opportunity_id)
),
members AS (
    FROM team_members($as_of, $sales_roles, $implementation_roles, $customer_success_roles)
),
touches AS (
    SELECT DISTINCT kind, contact_id, account_id, contact_date, team
    FROM customer_contacts($as_of, $held_outcomes) JOIN (
        SELECT 'meeting' AS kind, meeting_id AS contact_id, person_id
        FROM core.meeting_attendee WHERE NOT is_customer AND NOT is_declined
        UNION ALL SELECT 'message', message_id, person_id FROM core.message_party WHERE role = 'to'
    ) USING (kind, contact_id) JOIN (SELECT DISTINCT person_id, team FROM members) USING (person_id)
),
assigned AS (
    SELECT opportunity_id, count(*) FILTER (team = 'implementation') AS implementation_assigned_count,
           count(*) FILTER (team = 'customer_success') AS customer_success_assigned_count
    FROM deals JOIN members USING (account_id)
    WHERE start_date < burn_in_end_date AND coalesce(end_date > go_live_date, true)
    GROUP BY opportunity_id
),
touched AS (
    SELECT opportunity_id, count(*) FILTER (team = 'implementation') AS implementation_touch_count,
           count(*) FILTER (team = 'customer_success') AS customer_success_touch_count
    FROM deals JOIN touches USING (account_id)
    WHERE contact_date >= go_live_date AND contact_date < burn_in_end_date
    GROUP BY opportunity_id
)
SELECT opportunity_id, account_id, close_date, month, tier, go_live_date, burn_in_end_date,
       coalesce(implementation_assigned_count, 0) AS implementation_assigned_count,
       coalesce(implementation_touch_count, 0) AS implementation_touch_count,
       coalesce(customer_success_assigned_count, 0) AS customer_success_assigned_count,
       coalesce(customer_success_touch_count, 0) AS customer_success_touch_count,
       CASE WHEN go_live_date IS NULL THEN 'none' WHEN burn_in_end_date > $as_of THEN 'open'
            WHEN least(implementation_assigned_count, implementation_touch_count, customer_success_assigned_count,
                       customer_success_touch_count) > 0
                AND implementation_assigned_count + implementation_touch_count IS NOT NULL THEN 'covered'
            WHEN missing_input IS NOT NULL THEN 'unknown' ELSE 'uncovered' END AS state,
       missing_input
FROM deals LEFT JOIN assigned USING (opportunity_id) LEFT JOIN touched USING (opportunity_id),
     (SELECT arg_min(feed_id, place) FILTER (NOT is_read) AS missing_input FROM core.feed
      JOIN (VALUES (1, 'ownership'), (2, 'meeting'), (3, 'meeting_attendee'), (4, 'message'), (5, 'message_party'))
           asked(place, feed_id) USING (feed_id))
