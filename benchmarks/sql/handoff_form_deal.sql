-- The five-element handoff form of each won deal.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date, date_trunc('month', close_date)::DATE AS month,
           half_even(amount_minor * minor_rate_e8, 100000000) AS acv_minor,
           CASE WHEN acv_minor IS NULL THEN 'unknown' WHEN acv_minor < 100 * $mixed_from_amount THEN 'digital'
                WHEN acv_minor < 100 * $high_touch_from_amount THEN 'mixed'
                WHEN acv_minor < 100 * $full_team_from_amount THEN 'high_touch' ELSE 'full_team' END AS tier
    FROM core.opportunity o
    LEFT JOIN core.fx_rate r ON r.month = date_trunc('month', close_date) AND r.currency = o.currency
    WHERE is_won AND list_contains($deal_types, opportunity_type) AND close_date BETWEEN $applies_from AND $as_of
),
plain AS (
    SELECT * REPLACE (
        regexp_replace(lower(coalesce(goals, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g') AS goals,
        regexp_replace(lower(coalesce(expected_outcomes, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g') AS expected_outcomes,
        regexp_replace(lower(coalesce(sponsor_role, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g') AS sponsor_role,
        regexp_replace(lower(coalesce(administrator_role, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g') AS administrator_role,
        regexp_replace(lower(coalesce(success_measure, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g') AS success_measure,
        regexp_replace(lower(coalesce(success_target, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g') AS success_target,
        regexp_replace(lower(coalesce(concerns, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g') AS concerns)
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
