-- What moved the MRR of each account from one month's end to the next.
WITH measured AS (
    SELECT DISTINCT date_trunc('month', day)::DATE AS month
    FROM core.work_calendar
    WHERE last_day(day) <= $as_of
),
-- A month without a rate of its own takes the nearest earlier one, else the nearest later.
rate AS (
    SELECT month, currency,
           coalesce(last_value(minor_rate_e8 IGNORE NULLS) OVER past,
                    first_value(minor_rate_e8 IGNORE NULLS) OVER future, 0) AS minor_rate_e8
    FROM (SELECT month FROM measured UNION ALL SELECT (min(month) - INTERVAL 1 MONTH)::DATE FROM measured)
    CROSS JOIN (SELECT DISTINCT currency FROM mart.mrr_line)
    LEFT JOIN core.fx_rate USING (month, currency)
    WINDOW past AS (PARTITION BY currency ORDER BY month),
           future AS (PARTITION BY currency ORDER BY month ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
),
-- A line comes and goes; a merge hands it over, with its history, from its first account to the winner.
change AS (
    SELECT CASE WHEN start_date < handover_date THEN first_account_id ELSE account_id END AS account_id,
           currency, start_date AS day, mrr_in_minor_units AS organic, 0 AS transfer, 1 AS arrivals, 0 AS inherited
    FROM mart.mrr_line
    UNION ALL
    SELECT CASE WHEN counted_until_date < handover_date THEN first_account_id ELSE account_id END,
           currency, counted_until_date, -mrr_in_minor_units, 0, 0, 0
    FROM mart.mrr_line
    UNION ALL
    SELECT unnest([first_account_id, account_id]), currency, handover_date, 0,
           unnest([-1, 1]) * CASE WHEN counted_until_date >= handover_date THEN mrr_in_minor_units ELSE 0 END,
           0, unnest([0, 1])
    FROM mart.mrr_line
    WHERE start_date < handover_date
),
by_currency AS (
    SELECT account_id, currency, day,
           sum(organic) AS organic, sum(transfer) AS transfer, sum(arrivals) AS arrivals, sum(inherited) AS inherited,
           sum(sum(organic) + sum(transfer)) OVER (PARTITION BY account_id, currency ORDER BY day) AS mrr
    FROM change
    WHERE day <= $as_of
    GROUP BY account_id, currency, day
),
by_day AS (
    SELECT account_id, day, sum(organic) AS organic,
           sum(round_even(mrr * minor_rate_e8 / 1e8, 0) - round_even((mrr - organic) * minor_rate_e8 / 1e8, 0))::BIGINT
               AS amount,
           -- Currencies are added as they are: only whether there is any MRR is read from the balance.
           sum(sum(organic) + sum(transfer)) OVER past AS mrr,
           sum(sum(arrivals) + sum(inherited)) OVER past > sum(arrivals) AS is_seen_before
    FROM by_currency
    LEFT JOIN rate ON rate.currency = by_currency.currency AND rate.month = date_trunc('month', day)
    GROUP BY account_id, day
    WINDOW past AS (PARTITION BY account_id ORDER BY day)
),
organic AS (
    SELECT date_trunc('month', day)::DATE AS month, account_id, amount,
           CASE WHEN mrr - organic <= 0 AND mrr > 0 THEN if(is_seen_before, 'reactivation', 'new')
                WHEN mrr - organic > 0 AND mrr <= 0 THEN 'churn'
                WHEN amount > 0 THEN 'expansion'
                ELSE 'contraction' END AS movement
    FROM by_day
    WHERE amount <> 0 AND month IN (FROM measured)
),
handed_over AS (
    SELECT first_account_id, line.account_id, month,
           round_even(sum(mrr_in_minor_units) * any_value(minor_rate_e8) / 1e8, 0)::BIGINT AS amount
    FROM mart.mrr_line AS line
    JOIN rate ON rate.currency = line.currency AND rate.month = date_trunc('month', handover_date)
    WHERE start_date < handover_date AND counted_until_date >= handover_date AND month IN (FROM measured)
    GROUP BY first_account_id, line.account_id, line.currency, month
),
moved AS (
    SELECT month, account_id, movement, sum(amount)::BIGINT AS amount_minor
    FROM (
        FROM organic
        UNION ALL BY NAME
        SELECT month, unnest([first_account_id, account_id]) AS account_id, unnest([-amount, amount]) AS amount,
               'merge_transfer' AS movement
        FROM handed_over
    )
    GROUP BY ALL
),
-- A frozen balance has no currency: its revaluation is known only while the frozen opening is the computed one.
explained AS (
    SELECT month, account_id, opening_minor + coalesce(transfer, 0) AS before, closing_minor AS after,
           CASE WHEN opening_minor = computed_opening_minor OR NOT is_closed
                THEN computed_closing_minor - computed_opening_minor - coalesce(amount, 0) ELSE 0 END AS fx,
           CASE WHEN is_closed THEN 0 ELSE computed_opening_minor - opening_minor END AS adjustment,
           is_closed AND (opening_minor <> computed_opening_minor OR closing_minor <> computed_closing_minor)
               AS is_frozen_otherwise,
           row_number() OVER (PARTITION BY account_id ORDER BY month) > 1 AS is_seen_before
    FROM mart.mrr_account
    LEFT JOIN (
        SELECT month, account_id, sum(amount_minor) AS amount,
               sum(amount_minor) FILTER (movement = 'merge_transfer') AS transfer
        FROM moved
        GROUP BY ALL
    ) USING (month, account_id)
)
FROM moved
WHERE amount_minor <> 0
  AND (movement = 'merge_transfer'
       OR (month, account_id) NOT IN (SELECT (month, account_id) FROM explained WHERE is_frozen_otherwise))
UNION ALL BY NAME
SELECT month, account_id, after - before - fx AS amount_minor,
       CASE WHEN before <= 0 AND after > 0 THEN if(is_seen_before, 'reactivation', 'new')
            WHEN before > 0 AND after <= 0 THEN 'churn'
            WHEN amount_minor > 0 THEN 'expansion'
            ELSE 'contraction' END AS movement
FROM explained
WHERE is_frozen_otherwise AND amount_minor <> 0
UNION ALL BY NAME
SELECT month, account_id, 'fx' AS movement, fx AS amount_minor
FROM explained
WHERE fx <> 0
UNION ALL BY NAME
SELECT month, account_id, 'prior_period_adjustment' AS movement, adjustment AS amount_minor
FROM explained
WHERE adjustment <> 0
