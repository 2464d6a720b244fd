-- The handoff of the deals won in each month, by tier.
SELECT month, tier, count(*) AS deal_count,
       CASE WHEN count(*) = count(f.is_complete) THEN count(*) FILTER (is_goals_valid) END AS goals_count,
       CASE WHEN count(*) = count(f.is_complete) THEN count(*) FILTER (is_stakeholders_valid) END AS stakeholders_count,
       CASE WHEN count(*) = count(f.is_complete) THEN count(*) FILTER (is_timeline_valid) END AS timeline_count,
       CASE WHEN count(*) = count(f.is_complete) THEN count(*) FILTER (is_success_metrics_valid) END
           AS success_metrics_count,
       CASE WHEN count(*) = count(f.is_complete) THEN count(*) FILTER (is_concerns_valid) END AS concerns_count,
       CASE WHEN count(*) = count(f.is_complete) THEN count(*) FILTER (is_complete) END AS complete_count,
       CASE WHEN count(*) = count(f.is_complete) THEN count(*) FILTER (f.state = 'signed') END AS signed_count,
       complete_count * 100.0 / deal_count AS complete_pct,
       CASE WHEN bool_and(k.state <> 'unknown') THEN count(*) FILTER (k.state <> 'none') END AS kickoff_count,
       CASE WHEN bool_and(k.state <> 'unknown') THEN count(*) FILTER (k.state IN ('confirmed', 'changed')) END
           AS goals_settled_count,
       goals_settled_count * 100.0 / deal_count AS goals_settled_pct
FROM mart.handoff_form_deal f JOIN mart.kickoff_deal k USING (opportunity_id, month, tier)
GROUP BY month, tier
