-- Each escalation and its answer; whose it is, is known from the request.
WITH known AS (
    SELECT t.ticket_id, r.account_id, r.customer_ref, r.tier, t.opened_date, t.escalated_date, r.closed_date,
           CASE WHEN t.replied_date <= $as_of THEN t.replied_date END AS replied_date,
           CASE WHEN t.replied_date <= $as_of THEN t.reply_seconds END AS reply_seconds,
           t.opened_date + ceil($escalation_reply_hours / 24)::INTEGER AS due
    FROM core.ticket t JOIN mart.request_ticket r USING (ticket_id)
    WHERE t.escalated_date <= $as_of
)
SELECT * EXCLUDE (due), closed_date IS NULL AS is_open,
       $as_of::DATE - escalated_date < $escalation_days AS is_new,
       CASE WHEN replied_date IS NOT NULL
            THEN CASE WHEN reply_seconds > 3600 * $escalation_reply_hours THEN 'answered_late' ELSE 'answered' END
            WHEN due <= coalesce(closed_date, $as_of) THEN 'unanswered'
            WHEN closed_date IS NULL THEN 'waiting' ELSE 'solved' END AS state,
       state IN ('answered_late', 'unanswered') AS is_late
FROM known
