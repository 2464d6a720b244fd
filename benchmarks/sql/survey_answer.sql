-- What each survey was answered by the day, and whether that is good.
SELECT survey_id, account_id, project_id, date_trunc('month', sent_date)::DATE AS month, occasion, kind, sent_date,
       given IS NOT NULL AS is_answered, given AS score, scale_max,
       coalesce(CASE WHEN kind <> 'nps' THEN given > scale_max - 2 WHEN scale_max = 3 THEN given >= 3
                     WHEN scale_max = 5 THEN given >= 5 WHEN scale_max = 7 THEN given >= 7
                     WHEN scale_max = 10 THEN given >= 9 END, false) AS is_positive,
       coalesce(CASE WHEN kind <> 'nps' THEN given <= 2 WHEN scale_max = 3 THEN given <= 1
                     WHEN scale_max = 5 THEN given <= 3 WHEN scale_max = 7 THEN given <= 4
                     WHEN scale_max = 10 THEN given <= 6 END, false) AS is_negative
FROM (SELECT * EXCLUDE (score), CASE WHEN answered_date <= $as_of THEN score END AS given FROM core.survey)
WHERE sent_date <= $as_of
