-- Net and gross revenue retention over twelve months, in all and by segment.
WITH cohort AS (
    SELECT month, segment, base_minor, end_minor, retained_minor, end_excl_winback_minor
    FROM mart.nrr_account
    UNION ALL BY NAME
    -- Months with MRR but without a cohort are shown, with a null ratio.
    SELECT DISTINCT month, segment
    FROM mart.mrr_account
)
SELECT month,
       CASE WHEN grouping(segment) = 1 THEN 'all' ELSE segment END AS segment,
       coalesce(sum(cohort.base_minor), 0)::BIGINT AS base_minor,
       coalesce(sum(cohort.end_minor), 0)::BIGINT AS end_minor,
       coalesce(sum(cohort.retained_minor), 0)::BIGINT AS retained_minor,
       coalesce(sum(cohort.end_excl_winback_minor), 0)::BIGINT AS end_excl_winback_minor,
       count(cohort.base_minor) AS cohort_count,
       count(*) FILTER (cohort.end_minor > 0) AS retained_count,
       100 * sum(cohort.end_minor) / nullif(sum(cohort.base_minor), 0) AS nrr_pct,
       100 * sum(cohort.retained_minor) / nullif(sum(cohort.base_minor), 0) AS grr_pct,
       100 * sum(cohort.end_excl_winback_minor) / nullif(sum(cohort.base_minor), 0) AS nrr_excl_winback_pct,
       100 * retained_count / nullif(cohort_count, 0) AS logo_retention_pct
FROM cohort
GROUP BY GROUPING SETS ((month, segment), (month))
