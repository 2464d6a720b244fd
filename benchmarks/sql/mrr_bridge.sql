-- The bridge of MRR per month, in all and by segment: opening + every movement = closing.
WITH part AS (
    SELECT month, segment, sum(opening_minor) AS opening_minor, sum(closing_minor) AS closing_minor
    FROM mart.mrr_account
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT month, coalesce(segment, 'unknown') AS segment,
           sum(amount_minor) FILTER (movement = 'new') AS new_minor,
           sum(amount_minor) FILTER (movement = 'expansion') AS expansion_minor,
           sum(amount_minor) FILTER (movement = 'contraction') AS contraction_minor,
           sum(amount_minor) FILTER (movement = 'churn') AS churn_minor,
           sum(amount_minor) FILTER (movement = 'reactivation') AS reactivation_minor,
           sum(amount_minor) FILTER (movement = 'fx') AS fx_minor,
           sum(amount_minor) FILTER (movement = 'merge_transfer') AS merge_transfer_minor,
           sum(amount_minor) FILTER (movement = 'prior_period_adjustment') AS prior_period_adjustment_minor
    FROM mart.mrr_movement
    LEFT JOIN core.account USING (account_id)
    GROUP BY ALL
),
bridge AS (
    SELECT month, CASE WHEN grouping(segment) = 1 THEN 'all' ELSE segment END AS segment,
           coalesce(sum(COLUMNS('_minor$')), 0)::BIGINT
    FROM part
    GROUP BY GROUPING SETS ((month, part.segment), (month))
)
SELECT *,
       -churn_minor - contraction_minor AS gross_churn_minor,
       gross_churn_minor - expansion_minor - reactivation_minor AS net_churn_minor,
       CASE WHEN opening_minor > 0 THEN gross_churn_minor / opening_minor END AS gross_churn_ratio,
       CASE WHEN opening_minor > 0 THEN net_churn_minor / opening_minor END AS net_churn_ratio
FROM bridge
