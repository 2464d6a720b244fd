-- What each subscription line is worth a month, to whom, and from when to when it counts.
WITH line AS (
    SELECT *,
           coalesce(product, '') AS bought,
           end_date + $renewal_grace_days AS grace_end_date,
           (term_end_date - start_date) * 48 / 1461 AS months,
           date_diff('month', start_date, term_end_date) AS calendar_months,
           CASE WHEN calendar_months > 0 AND start_date + to_months(calendar_months) = term_end_date THEN calendar_months
                WHEN round(months) IN (3, 6, 9, 12, 24, 36, 48, 60, 72) AND abs(months - round(months)) <= 0.05
                THEN round(months)
                ELSE months END AS term_months
    FROM core.subscription
    WHERE end_date > start_date
),
-- Nobody decided the end: served to the end of the term, no cancel notice, no lost renewal.
undecided AS (
    SELECT subscription_id, account_id, bought, end_date, grace_end_date
    FROM line
    WHERE end_date >= term_end_date
      AND NOT coalesce(cancel_notice_date <= $as_of, false)
      AND NOT coalesce(is_renewal_lost, false)
),
named AS (
    SELECT predecessor_id, min(start_date) AS successor_date
    FROM line
    WHERE predecessor_id IS NOT NULL
    GROUP BY ALL
),
next AS (
    SELECT subscription_id, min(line.start_date) AS successor_date
    FROM (FROM undecided ANTI JOIN named ON predecessor_id = subscription_id) AS unnamed
    JOIN (SELECT account_id, bought, start_date FROM line) AS line USING (account_id, bought)
    WHERE line.start_date BETWEEN end_date AND grace_end_date
    GROUP BY ALL
),
carried AS (
    SELECT subscription_id,
           CASE WHEN successor_date > end_date AND successor_date <= grace_end_date THEN successor_date
                WHEN successor_date IS NULL AND end_date <= $as_of AND grace_end_date > $as_of THEN grace_end_date
           END AS carried_until
    FROM undecided
    LEFT JOIN (FROM next UNION ALL FROM named) AS successor USING (subscription_id)
    WHERE carried_until IS NOT NULL
)
SELECT subscription_id,
       line.account_id,
       original_account_id AS first_account_id,
       CASE WHEN original_account_id <> line.account_id THEN first.merged_date END AS handover_date,
       coalesce(holder.ultimate_id, line.account_id) AS ultimate_id,
       line.currency,
       round_even(amount_minor / term_months, 0)::BIGINT AS mrr_in_minor_units,
       start_date,
       end_date,
       coalesce(carried_until, end_date) AS counted_until_date,
       counted_until_date > end_date AND end_date <= $as_of AS is_late_renewal
FROM line
LEFT JOIN carried USING (subscription_id)
LEFT JOIN core.account AS holder ON holder.account_id = line.account_id
LEFT JOIN core.account AS first ON first.account_id = original_account_id
WHERE term_months > 0 AND mrr_in_minor_units <> 0
