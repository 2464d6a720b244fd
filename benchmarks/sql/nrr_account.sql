-- What each ultimate account of a year ago is worth now: both ends of the window at the rates of its end.
WITH month AS (
    SELECT DISTINCT date_trunc('month', day)::DATE AS month
    FROM core.work_calendar
    WHERE last_day(day) <= $as_of
    UNION ALL
    SELECT (date_trunc('month', min(day)) - INTERVAL 1 MONTH)::DATE
    FROM core.work_calendar
),
day AS (
    SELECT account_id, currency, day,
           greatest(date_trunc('month', day)::DATE, (SELECT min(month) FROM month)) AS month, sum(mrr) AS mrr
    FROM (
        SELECT ultimate_id AS account_id, currency, start_date AS day, mrr_in_minor_units AS mrr FROM mart.mrr_line
        UNION ALL
        SELECT ultimate_id, currency, counted_until_date, -mrr_in_minor_units FROM mart.mrr_line
    )
    GROUP BY ALL
),
moved AS (
    SELECT account_id, currency, month, sum(mrr) AS mrr
    FROM day
    GROUP BY ALL
),
holder AS (
    SELECT account_id, currency, min(month) AS begun
    FROM moved
    GROUP BY ALL
),
-- A month without a rate of its own takes the nearest earlier one, else the nearest later.
rate AS (
    SELECT month, currency,
           coalesce(last_value(minor_rate_e8 IGNORE NULLS) OVER past,
                    first_value(minor_rate_e8 IGNORE NULLS) OVER future, 0) AS minor_rate_e8
    FROM month
    CROSS JOIN (SELECT DISTINCT currency FROM holder)
    LEFT JOIN core.fx_rate USING (month, currency)
    WINDOW past AS (PARTITION BY currency ORDER BY month),
           future AS (PARTITION BY currency ORDER BY month ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
),
native AS (
    SELECT account_id, currency, month, minor_rate_e8,
           coalesce(sum(mrr) OVER (PARTITION BY account_id, currency ORDER BY month), 0) AS mrr
    FROM holder
    JOIN rate USING (currency)
    LEFT JOIN moved USING (account_id, currency, month)
    WHERE month >= begun
),
both_ends AS (
    SELECT account_id, month, minor_rate_e8, mrr,
           lag(mrr, 12, 0) OVER (PARTITION BY account_id, currency ORDER BY month) AS mrr_before
    FROM native
),
retained AS (
    SELECT month, account_id,
           sum(round_even(mrr_before * minor_rate_e8 / 1e8, 0))::BIGINT AS base_minor,
           sum(round_even(mrr * minor_rate_e8 / 1e8, 0))::BIGINT AS end_minor
    FROM both_ends
    GROUP BY ALL
    HAVING base_minor > 0
),
-- Currencies are added as they are: only zero is read from the sum.
lapse AS (
    SELECT DISTINCT account_id, month
    FROM (
        SELECT account_id, month, sum(mrr) OVER (PARTITION BY account_id ORDER BY day) AS whole
        FROM day
    )
    WHERE whole <= 0
)
SELECT retained.month, retained.account_id, coalesce(segment, 'unknown') AS segment, base_minor, end_minor,
       least(base_minor, end_minor) AS retained_minor,
       CASE WHEN lapse.month > retained.month - INTERVAL 12 MONTH THEN 0 ELSE end_minor END AS end_excl_winback_minor
FROM retained
LEFT JOIN core.account USING (account_id)
ASOF LEFT JOIN lapse ON lapse.account_id = retained.account_id AND lapse.month <= retained.month
