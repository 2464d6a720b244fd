-- The five-element handoff form of each won deal.
WITH deals AS (
    FROM won_deals($as_of, $applies_from, $deal_types, $mixed_from_amount, $high_touch_from_amount,
                   $full_team_from_amount)
),
plain AS (
    SELECT * REPLACE (
        plain(goals) AS goals,
        plain(expected_outcomes) AS expected_outcomes,
        plain(sponsor_role) AS sponsor_role,
        plain(administrator_role) AS administrator_role,
        plain(success_measure) AS success_measure,
        plain(success_target) AS success_target,
        plain(concerns) AS concerns)
    FROM core.handoff_form WHERE recorded_date <= $as_of
    QUALIFY row_number() OVER (PARTITION BY opportunity_id
                               ORDER BY recorded_date DESC, version_number DESC, form_version_id DESC) = 1
),
empty AS (SELECT list_concat([''], $placeholders) AS words),
judged AS (
    SELECT opportunity_id, true AS has_form, CASE WHEN signed_date <= $as_of THEN signed_date END AS signed_date,
           goals NOT IN words AND expected_outcomes NOT IN words AS is_goals_valid,
           (sponsor_id IS NOT NULL AND sponsor_role NOT IN words)
               OR (administrator_id IS NOT NULL AND administrator_role NOT IN words) AS is_stakeholders_valid,
           go_live_target_date IS NOT NULL AS is_timeline_valid,
           success_measure NOT IN words AND success_target NOT IN words AS is_success_metrics_valid,
           CASE WHEN concerns IN ('none', 'nothing', 'no', 'noconcerns') THEN concerns_author_id IS NOT NULL
                ELSE concerns NOT IN words END AS is_concerns_valid
    FROM plain, empty WHERE NOT is_withdrawn
),
known AS (
    SELECT deals.*, signed_date, CASE WHEN NOT is_read THEN 'handoff_form' END AS missing_input,
           CASE WHEN is_read THEN coalesce(has_form, false) END AS has_form,
           CASE WHEN is_read THEN coalesce(is_goals_valid, false) END AS is_goals_valid,
           CASE WHEN is_read THEN coalesce(is_stakeholders_valid, false) END AS is_stakeholders_valid,
           CASE WHEN is_read THEN coalesce(is_timeline_valid, false) END AS is_timeline_valid,
           CASE WHEN is_read THEN coalesce(is_success_metrics_valid, false) END AS is_success_metrics_valid,
           CASE WHEN is_read THEN coalesce(is_concerns_valid, false) END AS is_concerns_valid
    FROM deals LEFT JOIN judged USING (opportunity_id) JOIN core.feed ON feed_id = 'handoff_form'
)
SELECT *, is_goals_valid::BIGINT + is_stakeholders_valid::BIGINT + is_timeline_valid::BIGINT
          + is_success_metrics_valid::BIGINT + is_concerns_valid::BIGINT AS valid_count,
       valid_count = 5 AS is_complete, valid_count = 5 AND signed_date IS NOT NULL AS is_signed,
       CASE WHEN missing_input IS NOT NULL THEN 'unknown' WHEN NOT has_form THEN 'none'
            WHEN valid_count < 5 THEN 'incomplete' WHEN signed_date IS NULL THEN 'unsigned' ELSE 'signed' END AS state
FROM known
