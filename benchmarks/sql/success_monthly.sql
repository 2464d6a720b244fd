-- The success rate by month of closing.
SELECT month, count(*) AS closed_count, count(*) FILTER (state <> 'unknown') AS judged_count,
       count(*) FILTER (state = 'success') AS success_count,
       CASE WHEN judged_count > 0 THEN success_count * 100.0 / judged_count END AS success_pct
FROM mart.success_project GROUP BY month
