-- Opening and closing MRR per account and month, as the lines say now and as closed months were frozen.
WITH month AS (
    SELECT DISTINCT date_trunc('month', day)::DATE AS month
    FROM core.work_calendar
    WHERE last_day(day) <= $as_of
    UNION ALL
    -- The month before the first one: its closing is the first opening.
    SELECT (date_trunc('month', min(day)) - INTERVAL 1 MONTH)::DATE
    FROM core.work_calendar
),
-- A line comes and goes; one that a merge moves leaves its first account and comes to the winner on that day.
change AS (
    SELECT CASE WHEN start_date < handover_date THEN first_account_id ELSE account_id END AS account_id,
           currency, start_date AS day, mrr_in_minor_units AS mrr, 1 AS came
    FROM mart.mrr_line
    UNION ALL
    SELECT CASE WHEN counted_until_date < handover_date THEN first_account_id ELSE account_id END,
           currency, counted_until_date, -mrr_in_minor_units, 0
    FROM mart.mrr_line
    UNION ALL
    SELECT unnest([first_account_id, account_id]), currency, handover_date,
           unnest([-mrr_in_minor_units, mrr_in_minor_units]), unnest([0, 1])
    FROM mart.mrr_line
    WHERE start_date < handover_date AND counted_until_date >= handover_date
    UNION ALL
    SELECT account_id, $currency, month, 0, 0
    FROM core.finalised_mrr
),
moved AS (
    SELECT account_id, currency,
           greatest(date_trunc('month', day)::DATE, (SELECT min(month) FROM month)) AS month,
           sum(mrr) AS mrr, sum(came) AS came
    FROM change
    GROUP BY ALL
),
holder AS (
    SELECT account_id, currency, min(month) AS begun
    FROM moved
    GROUP BY ALL
),
-- A month without a rate of its own takes the nearest earlier one, else the nearest later.
rate AS (
    SELECT month, currency, minor_rate_e8 IS NULL AS is_missing,
           coalesce(last_value(minor_rate_e8 IGNORE NULLS) OVER past,
                    first_value(minor_rate_e8 IGNORE NULLS) OVER future, 0) AS minor_rate_e8
    FROM month
    CROSS JOIN (SELECT DISTINCT currency FROM holder)
    LEFT JOIN core.fx_rate USING (month, currency)
    WINDOW past AS (PARTITION BY currency ORDER BY month),
           future AS (PARTITION BY currency ORDER BY month ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
),
native AS (
    SELECT account_id, month, minor_rate_e8, is_missing, came,
           sum(mrr) OVER (PARTITION BY account_id, currency ORDER BY month) AS mrr
    FROM holder
    JOIN rate USING (currency)
    LEFT JOIN moved USING (account_id, currency, month)
    WHERE month >= begun
),
computed AS (
    SELECT account_id, month,
           sum(round_even(coalesce(mrr, 0) * minor_rate_e8 / 1e8, 0))::BIGINT AS computed_closing_minor,
           coalesce(sum(came), 0) > 0 AS has_come,
           bool_or(is_missing AND mrr <> 0) AS is_rate_missing
    FROM native
    GROUP BY ALL
),
frozen AS (
    SELECT account_id, month, sum(closing_minor)::BIGINT AS frozen_minor
    FROM core.finalised_mrr
    GROUP BY ALL
),
closing AS (
    SELECT account_id, month, computed_closing_minor, has_come, is_rate_missing, closed.month IS NOT NULL AS is_closed,
           CASE WHEN is_closed THEN coalesce(frozen_minor, 0) ELSE computed_closing_minor END AS closing_minor
    FROM computed
    LEFT JOIN frozen USING (account_id, month)
    LEFT JOIN (SELECT DISTINCT month FROM frozen) AS closed USING (month)
),
balance AS (
    SELECT *,
           lag(closing_minor, 1, 0) OVER past AS opening_minor,
           lag(computed_closing_minor, 1, 0) OVER past AS computed_opening_minor
    FROM closing
    WINDOW past AS (PARTITION BY account_id ORDER BY month)
),
late AS (
    SELECT DISTINCT CASE WHEN last_day(month) < handover_date THEN first_account_id ELSE account_id END AS account_id,
                    month
    FROM mart.mrr_line
    JOIN month ON end_date <= last_day(month) AND last_day(month) < counted_until_date
    WHERE counted_until_date > end_date
)
SELECT month, account_id, coalesce(account.segment, 'unknown') AS segment,
       opening_minor, closing_minor, computed_opening_minor, computed_closing_minor,
       late.month IS NOT NULL AS is_late_renewal, is_closed, is_rate_missing
FROM balance
LEFT JOIN core.account USING (account_id)
LEFT JOIN late USING (account_id, month)
WHERE month >= (SELECT min(day) FROM core.work_calendar)
  AND (has_come OR opening_minor <> 0 OR closing_minor <> 0 OR computed_opening_minor <> 0
       OR computed_closing_minor <> 0)
