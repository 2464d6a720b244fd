-- The closing of the deals won in each month, by tier.
WITH points AS (
    SELECT opportunity_id, sum(is_advanced::BIGINT)::BIGINT AS advanced,
           sum(is_advanced_unsigned::BIGINT)::BIGINT AS advanced_unsigned
    FROM mart.checklist_deal GROUP BY opportunity_id
)
SELECT c.month, c.tier, count(*) AS deal_count,
       CASE WHEN count(*) = count(c.is_held) THEN count(*) FILTER (c.is_delivered) END AS delivered_count,
       CASE WHEN count(*) = count(c.is_complete) THEN count(*) FILTER (c.is_complete) END AS closeout_count,
       CASE WHEN count(*) = count(c.is_held) THEN count(*) FILTER (c.is_signed_off) END AS signed_off_count,
       CASE WHEN count(*) = count(c.is_held) THEN count(*) FILTER (c.is_closed_unsigned) END AS closed_unsigned_count,
       CASE WHEN count(*) = count(d.is_debriefed) THEN count(*) FILTER (d.is_signed_off) END AS final_count,
       CASE WHEN count(*) = count(d.is_debriefed) THEN count(*) FILTER (d.is_debriefed) END AS debriefed_count,
       CASE WHEN final_count > 0 THEN debriefed_count * 100.0 / final_count END AS debriefed_pct,
       CASE WHEN count(*) = count(advanced) THEN sum(advanced)::BIGINT END AS advance_count,
       CASE WHEN count(*) = count(advanced) THEN sum(advanced_unsigned)::BIGINT END AS advanced_unsigned_count,
       CASE WHEN count(*) = count(s.is_live) THEN count(*) FILTER (s.is_live) END AS live_count,
       CASE WHEN count(*) = count(s.is_live) THEN count(*) FILTER (s.is_in_time) END AS planned_in_time_count,
       CASE WHEN live_count > 0 THEN planned_in_time_count * 100.0 / live_count END AS planned_in_time_pct,
       CASE WHEN count(*) = count(promised_count) THEN sum(promised_count)::BIGINT END AS promised_count,
       CASE WHEN count(*) = count(promised_count) THEN sum(mapped_count)::BIGINT END AS mapped_count,
       CASE WHEN count(*) = count(promised_count) THEN sum(unmapped_count)::BIGINT END AS unmapped_count,
       CASE WHEN sum(p.promised_count) > 0 THEN sum(p.mapped_count) * 100.0 / sum(p.promised_count) END AS mapped_pct
FROM mart.closeout_deal c
JOIN mart.debrief_deal d USING (opportunity_id)
JOIN points USING (opportunity_id)
JOIN mart.success_plan_deal s USING (opportunity_id)
JOIN mart.promise_deal p USING (opportunity_id)
GROUP BY c.month, c.tier
