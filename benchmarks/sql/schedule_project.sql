-- Where each planned project stands against its plan in force, in work and in time.
WITH value AS (
    SELECT project_id, any_value(unit) AS unit,
           sum(coalesce(bac_minor, bac_seconds))::BIGINT AS bac,
           sum(coalesce(original_bac_minor, original_bac_seconds))::BIGINT AS original_bac,
           sum(coalesce(pv_minor, pv_seconds))::BIGINT AS pv,
           if(count(coalesce(ev_minor, ev_seconds)) = count(*), sum(coalesce(ev_minor, ev_seconds))::BIGINT, NULL) AS ev,
           if(count(coalesce(ac_minor, ac_seconds)) = count(*), sum(coalesce(ac_minor, ac_seconds))::BIGINT, NULL) AS ac,
           sum(uncosted_seconds)::BIGINT AS uncosted_seconds,
           count(*) FILTER (is_progress_missing) AS missing_progress_count
    FROM mart.schedule_task GROUP BY project_id
),

-- When it was planned to end, and when it will.
work AS (
    SELECT w.*, t.due_date AS forecast_date, t.is_archived,
           CASE WHEN actual_finish_date <= $as_of THEN actual_finish_date END AS done_date,
           CASE WHEN done_date IS NOT NULL THEN done_date
                WHEN NOT is_archived THEN greatest(coalesce(t.due_date, w.due_date), $as_of) END AS finish_date
    FROM counted_work($as_of, $first_seen_limit_working_days) w LEFT JOIN core.task t USING (task_id)
),
planned AS (
    SELECT project_id, max(plan_number) FILTER (is_current) AS plan_number,
           max(origin) FILTER (is_current) AS plan_origin,
           min(start_date) FILTER (is_current) AS plan_start_date,
           max(due_date) FILTER (is_current) AS plan_finish_date,
           max(due_date) FILTER (is_original) AS original_finish_date,
           max(finish_date) FILTER (is_current) AS task_finish,
           bool_and(done_date IS NOT NULL) FILTER (is_current) AS is_done,
           bool_or(is_reliable) FILTER (is_current) AS is_slip_reliable,
           coalesce(bool_or(is_reliable) FILTER (is_original), false) AS is_original_reliable
    FROM work GROUP BY project_id
),
dated AS (
    SELECT p.*, account_id, coalesce(CASE WHEN closed_date <= $as_of THEN closed_date END,
                                     CASE WHEN is_done THEN task_finish END) AS finished_date,
           coalesce(finished_date, task_finish) AS expected_finish_date
    FROM planned p LEFT JOIN core.project USING (project_id)
),
located AS (
    SELECT d.*, s.workdays_before AS opens, f.workdays_before + f.is_working::INT AS closes,
           closes - opens AS pd_days, plan_finish_date - plan_start_date + 1 AS span_days,
           greatest(0, n.workdays_before + n.is_working::INT - opens) AS at_days,
           e.workdays_before + e.is_working::INT AS expected_closes,
           CASE WHEN is_slip_reliable THEN expected_closes - closes END AS finish_slip_working_days,
           CASE WHEN is_original_reliable THEN expected_closes - o.workdays_before - o.is_working::INT END
               AS original_finish_slip_working_days
    FROM dated d
    LEFT JOIN core.work_calendar s ON s.day = plan_start_date
    LEFT JOIN core.work_calendar f ON f.day = plan_finish_date
    LEFT JOIN core.work_calendar o ON o.day = original_finish_date
    LEFT JOIN core.work_calendar e ON e.day = expected_finish_date
    LEFT JOIN core.work_calendar n ON n.day = coalesce(finished_date, $as_of)
),

-- Planned value in millionths at each start and end of a task of the plan in force, a straight line in between. A task
-- rises by a whole number of millionths a working day; what that misses is added on its last day.
line AS (
    SELECT w.project_id, w.start_date, w.due_date, begins.workdays_before AS opens,
           ends.workdays_before + ends.is_working::INT AS closes, ends.workdays_before AS due_opens,
           coalesce(bac_minor, bac_seconds) * 1000000 AS fine, closes > opens AS has_days,
           if(has_days, fine // (closes - opens), 0) AS slope, min(opens) OVER (PARTITION BY w.project_id) AS origin
    FROM work w JOIN mart.schedule_task USING (project_id, task_id)
    JOIN core.work_calendar begins ON begins.day = w.start_date
    JOIN core.work_calendar ends ON ends.day = w.due_date
    WHERE is_current
),
bend AS (
    SELECT project_id, (if(has_days, start_date, due_date) - 1)::DATE AS day,
           if(has_days, opens, due_opens) - origin AS elapsed_days, slope, 0 AS jump FROM line
    UNION ALL
    SELECT project_id, due_date, closes - origin, -slope, if(has_days, fine - slope * (closes - opens), fine)
    FROM line
),
curve AS (
    SELECT project_id, day, max(elapsed_days) AS elapsed_days,
           (max(elapsed_days) * sum(sum(slope)) OVER so_far
            - sum(sum(slope * elapsed_days)) OVER so_far + sum(sum(jump)) OVER so_far)::BIGINT AS pv_fine
    FROM bend GROUP BY project_id, day
    WINDOW so_far AS (PARTITION BY project_id ORDER BY day)
),

-- Earned schedule: where PV reached EV; on a plateau, the point of it nearest to now.
stretch AS (
    SELECT c.*, ev * 1000000 AS ev_fine, lead(pv_fine) OVER past AS next_pv, lead(elapsed_days) OVER past AS next_day,
           min(elapsed_days) FILTER (pv_fine = ev_fine) OVER (PARTITION BY project_id) AS flat_from
    FROM curve c JOIN value USING (project_id)
    WINDOW past AS (PARTITION BY project_id ORDER BY day)
),
reached AS (
    SELECT project_id, elapsed_days AS from_days, flat_from,
           elapsed_days + (ev_fine - pv_fine) / (next_pv - pv_fine) * (next_day - elapsed_days) AS between_days
    FROM stretch WHERE pv_fine <= ev_fine AND (next_pv IS NULL OR next_pv > ev_fine)
),
timed AS (
    SELECT l.*, v.* EXCLUDE project_id,
           CASE WHEN bac = 0 THEN NULL
                WHEN ev >= bac THEN pd_days
                WHEN flat_from IS NULL THEN between_days
                ELSE greatest(flat_from, least(from_days, at_days)) END::DOUBLE AS es_days,
           es_days / nullif(at_days, 0) AS spi_t_ratio, pd_days / nullif(spi_t_ratio, 0) AS ieac_t_days,
           CASE WHEN pd_days > 0 THEN span_days / 30.4375::DOUBLE / pd_days END AS months_a_day,
           ev / nullif(pv, 0) AS spi_ratio, ev / nullif(ac, 0) AS cpi_ratio,
           (bac - ev) / nullif(bac - ac, 0) AS tcpi_ratio, ac >= bac AS is_budget_spent,
           ev > 0 AND ev * 100 >= bac AND ac > 0 AS is_telling,
           CASE WHEN is_telling THEN half_even(bac::HUGEINT * ac, ev) END AS eac,
           CASE WHEN is_telling AND pv > 0
                THEN ac + half_even(half_even((bac - ev)::HUGEINT * ac, ev)::HUGEINT * pv, ev) END AS eac_combined
    FROM located l JOIN value v USING (project_id) LEFT JOIN reached USING (project_id)
),
judged AS (
    SELECT *, CASE WHEN spi_t_ratio < $red_spi_t THEN 'spi_t'
                   WHEN finish_slip_working_days > $red_slip_working_days THEN 'slip'
                   WHEN is_budget_spent AND ev < bac THEN 'budget_spent'
                   WHEN cpi_ratio < $red_cpi AND eac IS NOT NULL THEN 'cpi'
                   WHEN tcpi_ratio > $red_tcpi THEN 'tcpi' END AS red_reason,
           CASE WHEN spi_t_ratio < $amber_spi_t THEN 'spi_t'
                WHEN finish_slip_working_days > $amber_slip_working_days THEN 'slip' END AS amber_reason,
           CASE WHEN NOT is_slip_reliable THEN 'unknown'
                WHEN red_reason IS NOT NULL THEN 'red'
                WHEN amber_reason IS NOT NULL THEN 'amber'
                WHEN ev IS NULL THEN 'unknown' ELSE 'green' END AS band
    FROM timed
)
SELECT project_id, account_id, finished_date IS NULL AS is_open, plan_number, plan_origin, unit,
       CASE WHEN unit = 'cost' THEN bac END AS bac_minor,
       CASE WHEN unit = 'cost' THEN original_bac END AS original_bac_minor,
       CASE WHEN unit = 'cost' THEN pv END AS pv_minor,
       CASE WHEN unit = 'cost' THEN ev END AS ev_minor,
       CASE WHEN unit = 'cost' THEN ac END AS ac_minor,
       CASE WHEN unit = 'hours' THEN bac END AS bac_seconds,
       CASE WHEN unit = 'hours' THEN original_bac END AS original_bac_seconds,
       CASE WHEN unit = 'hours' THEN pv END AS pv_seconds,
       CASE WHEN unit = 'hours' THEN ev END AS ev_seconds,
       CASE WHEN unit = 'hours' THEN ac END AS ac_seconds,
       uncosted_seconds, missing_progress_count,
       CASE WHEN unit = 'cost' THEN ev - pv END AS sv_minor,
       CASE WHEN unit = 'cost' THEN ev - ac END AS cv_minor,
       100 * (ev - pv) / nullif(pv, 0) AS sv_pct, spi_ratio, cpi_ratio,
       CASE WHEN unit = 'cost' THEN eac END AS eac_minor,
       CASE WHEN unit = 'cost' THEN ac + bac - ev END AS eac_at_plan_minor,
       CASE WHEN unit = 'cost' THEN eac_combined END AS eac_combined_minor,
       CASE WHEN unit = 'cost' THEN eac - ac END AS etc_minor,
       CASE WHEN unit = 'cost' THEN bac - eac END AS vac_minor,
       tcpi_ratio, is_budget_spent, es_days, at_days, pd_days, es_days * months_a_day AS es_months,
       at_days * months_a_day AS at_months, pd_days * months_a_day AS pd_months, es_days - at_days AS sv_t_days,
       spi_t_ratio, ieac_t_days,
       CASE WHEN pd_days > at_days THEN (pd_days - es_days) / (pd_days - at_days) END AS tspi_ratio,
       plan_start_date, plan_finish_date, original_finish_date, expected_finish_date,
       coalesce(finished_date, w.day) AS forecast_finish_date, finish_slip_working_days,
       original_finish_slip_working_days, is_slip_reliable, band,
       CASE band WHEN 'red' THEN red_reason WHEN 'amber' THEN amber_reason END AS band_reason
FROM judged LEFT JOIN core.work_calendar w
    ON w.is_working AND w.workdays_before + 1 = ceil(opens + ieac_t_days - 1e-9)  -- 10.000000000000002 days are 10
