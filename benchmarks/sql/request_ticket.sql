-- Each request, where it belongs and where it went.
WITH tier_of AS (
    FROM account_tiers($as_of, $mixed_from_amount, $high_touch_from_amount, $full_team_from_amount)
),
named AS (
    SELECT t.ticket_id, coalesce(CASE WHEN a.merged_date <= $as_of THEN a.merged_into_id END, a.account_id) AS account_id,
           customer_ref, date_trunc('month', opened_date)::DATE AS month, opened_date, request_type, team,
           CASE WHEN closed_date <= $as_of THEN closed_date END AS closed_date,
           CASE WHEN rated_date <= $as_of THEN rating END AS rating,
           plain(request_type) AS word,
           plain(team) AS who,
           CASE WHEN list_contains($reactive_types, word) THEN 'reactive'
                WHEN list_contains($proactive_types, word) THEN 'proactive'
                WHEN list_contains($strategic_types, word) THEN 'strategic' ELSE 'unknown' END AS kind,
           CASE WHEN list_contains($support_teams, who) THEN 'support'
                WHEN list_contains($success_teams, who) THEN 'success' ELSE 'unknown' END AS handler
    FROM core.ticket t LEFT JOIN core.account a USING (account_id)
    WHERE opened_date <= $as_of
)
SELECT ticket_id, n.account_id, customer_ref,
       CASE WHEN n.account_id IS NULL THEN 'unmatched' ELSE coalesce(tier, 'unknown') END AS tier,
       month, opened_date, request_type, kind,
       CASE kind WHEN 'unknown' THEN 'unknown' WHEN 'reactive' THEN 'support' ELSE 'success' END AS owner,
       team, handler, kind <> 'unknown' AND handler <> 'unknown' AS is_routed,
       CASE WHEN is_routed THEN owner <> handler END AS is_misrouted, closed_date, rating
FROM named n LEFT JOIN tier_of USING (account_id)
