-- Planned, earned and actual cost of each task, in one unit a project: cost where every counted task has one, or hours.
WITH work AS (
    SELECT w.*, half_even(half_even(budget_seconds * cost_rate_minor, 3600) * minor_rate_e8, 100000000) AS budget_minor
    FROM counted_work($as_of, $first_seen_limit_working_days) w
    LEFT JOIN core.fx_rate fx ON fx.month = date_trunc('month', first_approved)::DATE AND fx.currency = w.currency
),
unit AS (
    SELECT project_id, first_approved, if(bool_and(budget_minor IS NOT NULL), 'cost', 'hours') AS unit
    FROM work GROUP BY project_id, first_approved
),
planned AS (
    SELECT w.*, unit, if(unit = 'cost', budget_minor, w.budget_seconds) AS bac
    FROM work w JOIN unit USING (project_id)
),

-- What was earned: done, the last record by the day, or a rule where the source gives none.
record AS (
    SELECT task_id, max(progress_bp) FILTER (recorded_date > $as_of) AS later_bp,
           arg_max(progress_bp, (recorded_date, progress_id)) FILTER (recorded_date <= $as_of) AS recorded_bp
    FROM core.task_progress GROUP BY task_id
),
current AS (
    SELECT p.*, ends.workdays_before + ends.is_working::INT - begins.workdays_before AS workdays,
           today.workdays_before + today.is_working::INT - begins.workdays_before AS worked,
           t.actual_finish_date <= $as_of AS is_done,
           least(greatest(recorded_bp, 0), 10000) AS known_bp,
           is_done IS NOT TRUE AND recorded_bp IS NULL
               AND (coalesce(t.actual_start_date <= $as_of, false) OR t.actual_start_date IS NULL AND later_bp > 0)
               IS TRUE AS is_missing,
           CASE WHEN is_done THEN 10000
                WHEN recorded_bp IS NOT NULL THEN known_bp
                WHEN NOT is_missing THEN 0
                WHEN later_bp IS NULL THEN if(workdays <= $short_task_working_days, 0, 5000) END::BIGINT AS earned_bp,
           half_even(bac * earned_bp, 10000) AS ev,
           CASE WHEN p.due_date <= $as_of THEN bac
                WHEN p.start_date > $as_of OR workdays <= 0 THEN 0
                ELSE half_even(bac * worked, workdays) END AS pv
    FROM planned p
    LEFT JOIN core.task t USING (task_id)
    LEFT JOIN record USING (task_id)
    LEFT JOIN core.work_calendar begins ON begins.day = p.start_date
    LEFT JOIN core.work_calendar ends ON ends.day = p.due_date
    LEFT JOIN core.work_calendar today ON today.day = $as_of
    WHERE is_current
),

-- What the work has cost: at the stamped rate, the contract's, the role's or the standard one.
rate AS (
    SELECT project_id, role_id, cost_rate_minor AS rate, currency, effective_date AS from_date,
           lead(effective_date, 1, DATE 'infinity') OVER (
               PARTITION BY project_id, role_id ORDER BY effective_date) AS until_date
    FROM (FROM core.rate WHERE cost_rate_minor IS NOT NULL
          QUALIFY row_number() OVER (PARTITION BY project_id, role_id, effective_date ORDER BY rate_id DESC) = 1)
),
list_rate AS (
    SELECT d.role_id, d.work_date, coalesce(r.rate, s.rate) AS rate, coalesce(r.currency, s.currency) AS currency
    FROM (SELECT DISTINCT role_id, work_date FROM core.time_entry WHERE cost_rate_minor IS NULL) d
    LEFT JOIN (FROM rate WHERE project_id IS NULL) r
        ON r.role_id = d.role_id AND d.work_date >= r.from_date AND d.work_date < r.until_date
    LEFT JOIN (FROM rate WHERE project_id IS NULL AND role_id IS NULL) s
        ON d.work_date >= s.from_date AND d.work_date < s.until_date
),
unstamped AS (
    SELECT e.project_id, e.task_id, seconds, coalesce(pr.rate, p.rate, l.rate) AS rate,
           coalesce(pr.currency, p.currency, l.currency) AS currency
    FROM core.time_entry e
    LEFT JOIN list_rate l ON l.work_date = e.work_date AND l.role_id IS NOT DISTINCT FROM e.role_id
    LEFT JOIN rate pr ON pr.project_id = e.project_id AND pr.role_id = e.role_id
        AND e.work_date >= pr.from_date AND e.work_date < pr.until_date
    LEFT JOIN (FROM rate WHERE role_id IS NULL) p ON p.project_id = e.project_id
        AND e.work_date >= p.from_date AND e.work_date < p.until_date
    WHERE e.cost_rate_minor IS NULL AND approval <> 'rejected' AND e.work_date <= $as_of
),
entry AS (
    SELECT project_id, task_id, seconds, cost_rate_minor AS rate, currency FROM core.time_entry
    WHERE cost_rate_minor IS NOT NULL AND approval <> 'rejected' AND work_date <= $as_of
    UNION ALL
    FROM unstamped
),
costed AS (
    SELECT project_id, coalesce(task_id, '') AS task_id, unit, seconds,
           half_even(half_even(seconds * rate, 3600) * minor_rate_e8, 100000000) AS cost
    FROM entry e JOIN unit USING (project_id)
    LEFT JOIN core.fx_rate fx
        ON fx.month = date_trunc('month', first_approved)::DATE AND fx.currency = e.currency
),
actual AS (
    SELECT project_id, task_id, unit,
           CASE WHEN unit = 'hours' THEN sum(seconds)
                WHEN bool_and(cost IS NOT NULL) THEN sum(cost) END::BIGINT AS ac,
           coalesce(sum(seconds) FILTER (unit = 'cost' AND cost IS NULL), 0)::BIGINT AS uncosted_seconds
    FROM costed GROUP BY project_id, task_id, unit
),
task AS (
    SELECT project_id, task_id, coalesce(c.unit, o.unit, a.unit) AS unit, c.earned_bp AS progress_bp,
           coalesce(c.is_missing, false) AS is_progress_missing, coalesce(c.bac, 0) AS bac,
           coalesce(o.bac, 0) AS original_bac, coalesce(c.pv, 0) AS pv, if(c.bac IS NULL, 0, c.ev) AS ev,
           if(a.unit IS NULL, 0, a.ac) AS ac, coalesce(a.uncosted_seconds, 0) AS uncosted_seconds
    FROM current c
    FULL JOIN (FROM planned WHERE is_original) o USING (project_id, task_id)
    FULL JOIN actual a USING (project_id, task_id)
)
SELECT project_id, task_id, unit, progress_bp, is_progress_missing,
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
       uncosted_seconds
FROM task
