-- The newest kickoff of each won deal.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date, date_trunc('month', close_date)::DATE AS month,
           half_even(amount_minor * minor_rate_e8, 100000000) AS acv_minor,
           CASE WHEN acv_minor IS NULL THEN 'unknown' WHEN acv_minor < 100 * $mixed_from_amount THEN 'digital'
                WHEN acv_minor < 100 * $high_touch_from_amount THEN 'mixed'
                WHEN acv_minor < 100 * $full_team_from_amount THEN 'high_touch' ELSE 'full_team' END AS tier
    FROM core.opportunity o
    LEFT JOIN core.fx_rate r ON r.month = date_trunc('month', close_date) AND r.currency = o.currency
    WHERE is_won AND list_contains($deal_types, opportunity_type) AND close_date BETWEEN $applies_from AND $as_of
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
