-- Schedule and cost performance of all projects together; a sum with an unknown part is unknown.
WITH project AS (
    SELECT *, coalesce(bac_minor, bac_seconds) AS bac, coalesce(original_bac_minor, original_bac_seconds) AS original_bac,
           coalesce(pv_minor, pv_seconds) AS pv, coalesce(ev_minor, ev_seconds) AS ev,
           coalesce(ac_minor, ac_seconds) AS ac
    FROM mart.schedule_project
),
total AS (
    SELECT unit, is_open, count(*) AS project_count,
           count(*) FILTER (band = 'green') AS green_count, count(*) FILTER (band = 'amber') AS amber_count,
           count(*) FILTER (band = 'red') AS red_count, count(*) FILTER (band = 'unknown') AS unknown_count,
           count(*) FILTER (ev IS NULL) AS unknown_progress_count, count(*) FILTER (ac IS NULL) AS unknown_cost_count,
           if(count(bac) = count(*), sum(bac)::BIGINT, NULL) AS bac,
           if(count(original_bac) = count(*), sum(original_bac)::BIGINT, NULL) AS original_bac,
           if(count(pv) = count(*), sum(pv)::BIGINT, NULL) AS pv,
           if(count(ev) = count(*), sum(ev)::BIGINT, NULL) AS ev,
           if(count(ac) = count(*), sum(ac)::BIGINT, NULL) AS ac
    FROM project GROUP BY unit, is_open
)
SELECT unit, is_open, COLUMNS('_count$'),
       CASE WHEN unit = 'cost' THEN bac END AS bac_minor,
       CASE WHEN unit = 'cost' THEN original_bac END AS original_bac_minor,
       CASE WHEN unit = 'cost' THEN pv END AS pv_minor,
       CASE WHEN unit = 'cost' THEN ev END AS ev_minor,
       CASE WHEN unit = 'cost' THEN ac END AS ac_minor,
       CASE WHEN unit = 'cost' THEN ev - pv END AS sv_minor,
       CASE WHEN unit = 'cost' THEN ev - ac END AS cv_minor,
       CASE WHEN unit = 'hours' THEN bac END AS bac_seconds,
       CASE WHEN unit = 'hours' THEN original_bac END AS original_bac_seconds,
       CASE WHEN unit = 'hours' THEN pv END AS pv_seconds,
       CASE WHEN unit = 'hours' THEN ev END AS ev_seconds,
       CASE WHEN unit = 'hours' THEN ac END AS ac_seconds,
       ev / nullif(pv, 0) AS spi_ratio, ev / nullif(ac, 0) AS cpi_ratio
FROM total
