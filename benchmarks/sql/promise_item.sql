-- Each promise of a won deal and its target.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date, month, tier
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount)
),
target AS (
    SELECT task_id, opportunity_id FROM core.task JOIN core.project USING (project_id)
    WHERE NOT core.task.is_archived AND contract_type <> 'internal'
)
SELECT promise_id, p.opportunity_id, account_id, close_date, month, tier, kind, p.task_id, mapped_date,
       started_date AS start_date, t.task_id IS NOT NULL AS has_task,
       plain(scope_clause) NOT IN list_concat([''], $placeholders) AS has_scope,
       CASE WHEN (has_task OR has_scope) AND (mapped_date IS NULL OR mapped_date <= $as_of)
            THEN CASE WHEN started_date IS NULL OR mapped_date <= started_date THEN 'mapped' ELSE 'mapped_late' END
            WHEN project_count IS NOT NULL THEN 'unmapped' ELSE 'pending' END AS state
FROM core.promise p JOIN deals USING (opportunity_id)
LEFT JOIN deliveries($as_of, $go_live_milestones) USING (opportunity_id)
LEFT JOIN target t ON t.task_id = p.task_id AND t.opportunity_id = p.opportunity_id
