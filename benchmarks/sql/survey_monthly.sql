-- Satisfaction by month of sending, occasion and kind.
SELECT month, occasion, kind, count(*) AS sent_count, count(score) AS answered_count,
       answered_count * 100.0 / sent_count AS response_pct,
       count(*) FILTER (is_positive) AS positive_count, count(*) FILTER (is_negative) AS negative_count,
       CASE WHEN answered_count > 0 THEN positive_count * 100.0 / answered_count END AS positive_pct,
       coalesce(sum(score), 0)::BIGINT AS score_sum,
       coalesce(sum(scale_max) FILTER (is_answered), 0)::BIGINT AS best_sum,
       CASE WHEN best_sum > 0 THEN score_sum * 100.0 / best_sum END AS mean_of_best_pct,
       CASE WHEN kind = 'nps' AND answered_count > 0 THEN (positive_count - negative_count) * 100.0 / answered_count END
           AS nps_pct
FROM mart.survey_answer GROUP BY month, occasion, kind
