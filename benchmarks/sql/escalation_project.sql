-- The escalations that a client made while its project ran.
WITH project AS (
    SELECT project_id, coalesce(CASE WHEN a.merged_date <= $as_of THEN a.merged_into_id END, a.account_id) AS account_id,
           start_date, CASE WHEN closed_date <= $as_of THEN closed_date END AS closed_date
    FROM core.project p LEFT JOIN core.account a USING (account_id)
    WHERE contract_type <> 'internal'
)
SELECT project_id, p.account_id, start_date, p.closed_date,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (is_new) END AS new_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (is_open) END AS open_count,
       CASE WHEN bool_and(is_read) THEN count(ticket_id) FILTER (p.closed_date < coalesce(e.closed_date, '9999-01-01')) END
           AS at_closeout_count,
       CASE WHEN bool_and(is_read) THEN count(*) FILTER (is_open AND p.closed_date IS NOT NULL) END AS still_open_count,
       CASE WHEN NOT bool_and(is_read) THEN 'ticket' END AS missing_input
FROM project p
LEFT JOIN mart.escalation_ticket e
    ON e.account_id = p.account_id AND escalated_date BETWEEN start_date AND coalesce(p.closed_date, $as_of)
JOIN core.feed ON feed_id = 'ticket'
GROUP BY project_id, p.account_id, start_date, p.closed_date
