-- Unbilled scope creep per project, with capture rate and realization.
WITH part AS (
    SELECT project_id,
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
           coalesce(sum(gross_minor) FILTER (is_out), 0)::BIGINT AS out_of_scope_minor,
           coalesce(sum(standard_minor) FILTER (
               leakage_class NOT IN ('AT_RISK_UNAPPROVED', 'WIP', 'NOT_YET_DUE')), 0)::BIGINT AS standard_minor,
           bool_and(standard_minor IS NOT NULL OR seconds = 0
               OR leakage_class IN ('AT_RISK_UNAPPROVED', 'WIP', 'NOT_YET_DUE')) AS is_listed
    FROM (SELECT *, leakage_class <> 'AT_RISK_UNAPPROVED'
                    AND (scope = 'out_of_scope' OR scope LIKE 'change%') AS is_out FROM mart.scope_creep_entry)
    GROUP BY project_id
),
invoiced AS (
    SELECT project_id, sum(half_even(amount_minor * minor_rate_e8, 100000000))::BIGINT AS invoiced_minor,
           bool_and(minor_rate_e8 IS NOT NULL) AS is_converted, bool_or(is_allocated) AS is_allocated
    FROM core.invoice_line l LEFT JOIN core.fx_rate fx
        ON fx.month = date_trunc('month', posted_date)::DATE AND fx.currency = l.currency
    WHERE status = 'posted' AND posted_date <= $as_of AND project_id IS NOT NULL
    GROUP BY project_id
),
spread AS (SELECT project_id, bool_or(is_allocated) AS is_allocated FROM core.time_entry GROUP BY project_id)
SELECT part.* EXCLUDE is_listed, p.account_id, p.contract_type, coalesce(invoiced_minor, 0) AS invoiced_minor,
       coalesce(invoiced.is_allocated, false) AS is_billing_allocated,
       coalesce(spread.is_allocated, false) AS is_time_allocated,
       l1_minor + l2_minor + l3_minor + l4_minor AS unbilled_scope_creep_minor,
       l5_minor + l6_minor + l8_minor AS billing_latency_minor, l7_minor AS write_down_minor,
       unbilled_scope_creep_minor + billing_latency_minor + write_down_minor AS leakage_minor,
       100.0 * unbilled_scope_creep_minor::DOUBLE / nullif(gross_minor, 0) AS creep_pct,
       100.0 * captured_minor::DOUBLE / nullif(out_of_scope_minor, 0) AS capture_pct,
       CASE WHEN is_listed AND coalesce(is_converted, true)
            THEN 100.0 * coalesce(invoiced_minor, 0)::DOUBLE / nullif(standard_minor, 0) END AS realization_pct
FROM part JOIN core.project p USING (project_id) LEFT JOIN invoiced USING (project_id) LEFT JOIN spread USING (project_id)
