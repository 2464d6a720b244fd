-- The debrief of each won deal against its final sign-off.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date, month, tier
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount)
),
closing AS (
    SELECT opportunity_id, max(meeting_date) AS meeting_date,
           max(signed_date) FILTER (signed_date <= $as_of) AS signoff_date
    FROM core.closeout GROUP BY opportunity_id
),
empty AS (SELECT list_concat([''], $placeholders) AS words),
told AS (
    SELECT opportunity_id, held_date, plain(sentiment) NOT IN words AS is_sentiment_said,
           plain(workarounds) NOT IN words AS is_workarounds_said,
           plain(executive_goals) NOT IN words AS is_executive_goals_said,
           is_sentiment_said AND is_workarounds_said AND is_executive_goals_said AS is_complete,
           is_complete AND (signoff_date IS NULL OR held_date < signoff_date) AS is_in_time
    FROM core.debrief LEFT JOIN closing USING (opportunity_id), empty WHERE held_date <= $as_of
    QUALIFY row_number() OVER (
        PARTITION BY opportunity_id ORDER BY is_in_time DESC, held_date DESC, debrief_id DESC) = 1
),
read AS (SELECT CASE WHEN NOT d.is_read THEN 'debrief' WHEN NOT c.is_read THEN 'closeout' END AS missing_input
         FROM core.feed d, core.feed c WHERE d.feed_id = 'debrief' AND c.feed_id = 'closeout')
SELECT opportunity_id, account_id, close_date, month, tier, held_date, meeting_date, signoff_date, missing_input,
       CASE WHEN missing_input IS NULL THEN coalesce(t.is_sentiment_said, false) END AS is_sentiment_said,
       CASE WHEN missing_input IS NULL THEN coalesce(t.is_workarounds_said, false) END AS is_workarounds_said,
       CASE WHEN missing_input IS NULL THEN coalesce(t.is_executive_goals_said, false) END AS is_executive_goals_said,
       CASE WHEN missing_input IS NULL THEN coalesce(t.is_complete, false) END AS is_complete,
       CASE WHEN missing_input IS NULL THEN coalesce(t.is_in_time, false) END AS is_in_time,
       CASE WHEN missing_input IS NULL THEN signoff_date IS NOT NULL END AS is_signed_off,
       CASE WHEN missing_input IS NULL THEN coalesce(t.is_in_time, false) AND signoff_date IS NOT NULL END
           AS is_debriefed,
       CASE WHEN missing_input IS NOT NULL THEN 'unknown' WHEN t.is_in_time THEN 'complete'
            WHEN t.is_complete THEN 'late' WHEN held_date IS NOT NULL THEN 'incomplete'
            WHEN signoff_date IS NOT NULL THEN 'missed' WHEN meeting_date IS NOT NULL THEN 'due' ELSE 'none' END AS state
FROM deals LEFT JOIN closing USING (opportunity_id) LEFT JOIN told t USING (opportunity_id), read
