-- Unbilled scope creep of the whole company, per month of work.
WITH project AS (
    SELECT month, project_id,
           coalesce(sum(seconds) FILTER (NOT is_rate_missing), 0)::BIGINT AS valued_seconds,
           coalesce(sum(seconds) FILTER (is_rate_missing), 0)::BIGINT AS missing_rate_seconds,
           coalesce(sum(gross_minor) FILTER (NOT is_rate_missing), 0)::BIGINT AS gross_minor,
           coalesce(sum(leakage_minor) FILTER (leakage_class = 'L1'), 0)::BIGINT AS l1_minor,
           coalesce(sum(leakage_minor) FILTER (leakage_class = 'L2'), 0)::BIGINT AS l2_minor,
           coalesce(sum(leakage_minor) FILTER (leakage_class = 'L3'), 0)::BIGINT AS l3_minor,
           coalesce(sum(leakage_minor) FILTER (leakage_class = 'L4'), 0)::BIGINT AS l4_minor,
           coalesce(sum(leakage_minor) FILTER (leakage_class = 'L5'), 0)::BIGINT AS l5_minor,
           coalesce(sum(leakage_minor) FILTER (leakage_class = 'L6'), 0)::BIGINT AS l6_minor,
           coalesce(sum(leakage_minor) FILTER (leakage_class = 'L7'), 0)::BIGINT AS l7_minor,
           coalesce(sum(leakage_minor) FILTER (leakage_class = 'L8'), 0)::BIGINT AS l8_minor,
           coalesce(sum(gross_minor) FILTER (leakage_class = 'BILLED'), 0)::BIGINT AS billed_minor,
           coalesce(sum(gross_minor) FILTER (leakage_class = 'WIP'), 0)::BIGINT AS wip_minor,
           coalesce(sum(gross_minor) FILTER (leakage_class = 'AT_RISK_UNAPPROVED'), 0)::BIGINT AS at_risk_minor,
           coalesce(sum(gross_minor) FILTER (leakage_class LIKE 'COVERED%'), 0)::BIGINT AS covered_minor,
           coalesce(sum(gross_minor) FILTER (leakage_class = 'CONTRACTUAL_NON_BILLABLE'), 0)::BIGINT
               AS contractual_minor,
           coalesce(sum(gross_minor) FILTER (leakage_class = 'NOT_YET_DUE'), 0)::BIGINT AS not_yet_due_minor,
           coalesce(sum(gross_minor) FILTER (is_out AND leakage_class IN ('BILLED', 'COVERED_BY_CO')), 0)::BIGINT
               AS captured_minor,
           coalesce(sum(gross_minor) FILTER (is_out), 0)::BIGINT AS out_of_scope_minor
    FROM (SELECT *, leakage_class <> 'AT_RISK_UNAPPROVED'
                    AND (scope = 'out_of_scope' OR scope LIKE 'change%') AS is_out FROM mart.scope_creep_entry)
    GROUP BY month, project_id
),
months AS (
    SELECT month, sum(COLUMNS('_(seconds|minor)$'))::BIGINT,
           count(*) FILTER (l1_minor + l2_minor + l3_minor + l4_minor > 0) AS creeping_projects_count
    FROM project GROUP BY month
)
SELECT *,
       l1_minor + l2_minor + l3_minor + l4_minor AS unbilled_scope_creep_minor,
       l5_minor + l6_minor + l8_minor AS billing_latency_minor, l7_minor AS write_down_minor,
       unbilled_scope_creep_minor + billing_latency_minor + write_down_minor AS leakage_minor,
       100.0 * unbilled_scope_creep_minor::DOUBLE / nullif(gross_minor, 0) AS creep_pct,
       100.0 * captured_minor::DOUBLE / nullif(out_of_scope_minor, 0) AS capture_pct
FROM months
