-- The newest kickoff of each won deal.
WITH deals AS (
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount)
),
held AS (
    SELECT opportunity_id, held_date, is_template_used, is_goals_shown,
           CASE WHEN answered_date IS NULL OR answered_date <= $as_of THEN goals_answer END AS goals_answer
    FROM core.kickoff WHERE held_date <= $as_of
    QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY held_date DESC, kickoff_id DESC) = 1
)
SELECT opportunity_id, account_id, close_date, month, tier, held_date, is_template_used, is_goals_shown, goals_answer,
       CASE WHEN NOT is_read THEN 'unknown' WHEN held_date IS NULL THEN 'none'
            WHEN NOT is_template_used THEN 'no_template'
            WHEN NOT is_goals_shown OR goals_answer IS NULL THEN 'unconfirmed' ELSE goals_answer END AS state,
       CASE WHEN is_read THEN state <> 'none' END AS is_held,
       CASE WHEN is_read THEN state IN ('confirmed', 'changed') END AS is_settled,
       CASE WHEN NOT is_read THEN 'kickoff' END AS missing_input
FROM deals LEFT JOIN held USING (opportunity_id) JOIN core.feed ON feed_id = 'kickoff'
