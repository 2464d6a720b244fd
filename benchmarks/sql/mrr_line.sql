-- What each subscription line is worth a month, to whom, and from when to when it counts.
WITH line AS (
    SELECT *,
           coalesce(product, '') AS bought,
           (term_end_date - start_date) * 48 / 1461 AS months,
           date_diff('month', start_date, term_end_date) AS calendar_months,
           CASE WHEN calendar_months > 0 AND start_date + to_months(calendar_months) = term_end_date THEN calendar_months
                WHEN round(months) IN (3, 6, 9, 12, 24, 36, 48, 60, 72) AND abs(months - round(months)) <= 0.05
                THEN round(months)
                ELSE months END AS term_months
    FROM core.subscription
    WHERE end_date > start_date
),
named AS (
    SELECT predecessor_id, min(start_date) AS start_date
    FROM line
    WHERE predecessor_id IS NOT NULL
    GROUP BY ALL
),
succeeded AS (
    SELECT line.*,
           line.end_date + $renewal_grace_days AS grace_end_date,
           coalesce(named.start_date, CASE WHEN next.start_date <= grace_end_date THEN next.start_date END) AS successor,
           NOT (coalesce(line.cancel_notice_date <= $as_of, false)
                OR coalesce(line.is_renewal_lost, false)
                OR line.end_date < line.term_end_date) AS is_undecided
    FROM line
    LEFT JOIN named ON named.predecessor_id = line.subscription_id
    ASOF LEFT JOIN line AS next
        ON next.account_id = line.account_id AND next.bought = line.bought AND next.start_date >= line.end_date
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
       CASE WHEN is_undecided AND successor > end_date AND successor <= grace_end_date THEN successor
            WHEN is_undecided AND successor IS NULL AND end_date <= $as_of AND grace_end_date > $as_of
            THEN grace_end_date
            ELSE end_date END AS counted_until_date,
       counted_until_date > end_date AND end_date <= $as_of AS is_late_renewal
FROM succeeded AS line
LEFT JOIN core.account AS holder ON holder.account_id = line.account_id
LEFT JOIN core.account AS first ON first.account_id = original_account_id
WHERE term_months > 0 AND mrr_in_minor_units <> 0
