-- The commission hold of each deal with a handoff form asked of it.
WITH deals AS (
    SELECT opportunity_id, account_id, close_date,
           CASE WHEN is_won AND close_date <= $as_of THEN 'won' WHEN is_closed AND close_date <= $as_of THEN 'lost'
                ELSE 'open' END AS outcome
    FROM core.opportunity WHERE list_contains($deal_types, opportunity_type) AND close_date >= $applies_from
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
),
empty AS (SELECT list_concat([''], $placeholders) AS words),
versions AS (
    SELECT *, lead(recorded_date) OVER deal AS replaced_date, row_number() OVER deal AS place,
           count(*) OVER (PARTITION BY opportunity_id) AS places,
           NOT is_withdrawn AND goals NOT IN words AND expected_outcomes NOT IN words
           AND ((sponsor_id IS NOT NULL AND sponsor_role NOT IN words)
                OR (administrator_id IS NOT NULL AND administrator_role NOT IN words))
           AND go_live_target_date IS NOT NULL AND success_measure NOT IN words AND success_target NOT IN words
           AND CASE WHEN concerns IN ('none', 'nothing', 'no', 'noconcerns') THEN concerns_author_id IS NOT NULL
                    ELSE concerns NOT IN words END AS is_complete
    FROM plain, empty
    WINDOW deal AS (PARTITION BY opportunity_id ORDER BY recorded_date, version_number, form_version_id)
),
newest AS (
    SELECT opportunity_id, CASE WHEN is_withdrawn THEN 'withdrawn' WHEN NOT is_complete THEN 'incomplete'
                                ELSE 'unsigned' END AS shortfall
    FROM versions WHERE place = places
),
releases AS (
    SELECT opportunity_id, greatest(recorded_date, signed_date, close_date) AS released_date,
           form_version_id AS released_version_id, place < places AS is_replaced
    FROM versions JOIN deals USING (opportunity_id)
    WHERE outcome = 'won' AND is_complete AND signed_date IS NOT NULL
      AND released_date <= least($as_of, coalesce(replaced_date, $as_of))
    QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY released_date, place) = 1
),
payouts AS (
    SELECT opportunity_id, max(payable_date) FILTER (NOT is_cancelled) AS payable_date, bool_and(is_cancelled) AS is_void,
           CASE WHEN count(*) FILTER (NOT is_cancelled AND minor_rate_e8 * amount_minor IS NULL) = 0
                THEN coalesce(sum(half_even(amount_minor * minor_rate_e8, 100000000)) FILTER (NOT is_cancelled), 0)::BIGINT
                END AS payout_minor
    FROM core.commission c JOIN deals USING (opportunity_id)
    LEFT JOIN core.fx_rate r ON r.month = date_trunc('month', close_date) AND r.currency = c.currency
    GROUP BY opportunity_id
),
overrides AS (
    SELECT opportunity_id, override_date, overridden_by_id, override_reason FROM core.commission
    WHERE override_date <= $as_of AND overridden_by_id IS NOT NULL AND override_reason IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY override_date, commission_id) = 1
),
judged AS (
    SELECT *, CASE WHEN NOT is_read THEN 'handoff_form' END AS missing_input,
           CASE WHEN NOT is_read THEN 'unknown' WHEN outcome = 'open' THEN 'pending'
                WHEN outcome = 'lost' OR is_void THEN 'void'
                WHEN r.released_date <= coalesce(o.override_date, r.released_date) THEN 'released'
                WHEN o.override_date IS NOT NULL THEN 'overridden' ELSE 'held' END AS state
    FROM deals LEFT JOIN newest USING (opportunity_id) LEFT JOIN releases r USING (opportunity_id)
    LEFT JOIN payouts USING (opportunity_id) LEFT JOIN overrides o USING (opportunity_id)
    JOIN core.feed ON feed_id = 'handoff_form'
    WHERE outcome = 'won' OR shortfall IS NOT NULL
)
SELECT opportunity_id, account_id, close_date, state, missing_input, payable_date, payout_minor,
       CASE state WHEN 'held' THEN coalesce(shortfall, 'no_form')
                  WHEN 'void' THEN CASE WHEN outcome = 'lost' THEN 'deal_lost' ELSE 'payout_cancelled' END END AS reason,
       CASE WHEN state = 'released' THEN released_date END AS released_date,
       CASE WHEN state = 'released' THEN released_version_id END AS released_version_id,
       state = 'released' AND is_replaced AS is_edited_after_release,
       CASE WHEN state = 'overridden' THEN override_date END AS override_date,
       CASE WHEN state = 'overridden' THEN overridden_by_id END AS overridden_by_id,
       CASE WHEN state = 'overridden' THEN override_reason END AS override_reason,
       CASE WHEN state = 'held' THEN payout_minor ELSE payout_minor * 0 END AS held_minor
FROM judged
