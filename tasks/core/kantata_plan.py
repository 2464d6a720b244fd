"""How Kantata's stories and baselines become core rows: one query a table.

See `tasks/core/kantata.py` for the names the queries use.
"""

from tasks.core.mapping import STAMPS, custom

# The account's whole history of a record, with the columns that every core row carries along.

# Started and completed come from the dated state changes: a story carries only its state of now.
MOMENTS = """
moment AS (
    SELECT story_id,
           local_date(min(changed_at) FILTER (state <> 'not started')) AS actual_start_date,
           local_date(max(changed_at) FILTER (state = 'completed')) AS completed_date
    FROM {raw}.story_state_change WHERE _is_newest AND NOT _deleted GROUP BY story_id
)
"""

TASK = f"""
WITH {MOMENTS},
parent AS (SELECT DISTINCT parent_id FROM {{raw}}.story WHERE _is_newest AND NOT _deleted)
SELECT '{{instance}}:' || v.id AS task_id,
       '{{instance}}:' || v.workspace_id AS project_id,
       '{{instance}}:' || v.parent_id AS parent_id,
       parent.parent_id IS NOT NULL AS has_children,
       v.title AS name,
       v.story_type AS task_type,
       v.state,
       '{{instance}}:' || f.role_id AS role_id,
       v.start_date,
       v.due_date,
       v.estimate_minutes * 60 AS estimate_seconds,
       v.percentage_complete * 100 AS progress_bp,
       moment.actual_start_date,
       CASE WHEN v.state = 'completed' THEN moment.completed_date END AS actual_finish_date,
       coalesce(v.is_archived, false) AS is_archived,
       coalesce({custom("is_contractual_non_billable", "boolean")}, false) AS is_contractual_non_billable,
       '{{instance}}:' || f.change_order_id AS change_order_id,
       v.created_at,
       {STAMPS},
       nullif(concat_ws(',', v._unreadable, f._unreadable), '') AS _unreadable
FROM {{raw}}.story v
LEFT JOIN {{raw}}.story_field f ON f.subject_id = v.id
LEFT JOIN moment ON moment.story_id = v.id
LEFT JOIN parent ON parent.parent_id = v.id
"""

# Each version of a story says how far it was from the day the source stamped on it; the last of a day counts.
TASK_PROGRESS = """
SELECT '{instance}:' || id || ':' || local_date(_updated_at) AS progress_id,
       '{instance}:' || id AS task_id,
       local_date(_updated_at) AS recorded_date,
       percentage_complete * 100 AS progress_bp,
       1 AS _version, _deleted, _updated_at, _extracted_at, _hash, NULL AS _unreadable
FROM {raw}.story v
WHERE percentage_complete IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id, local_date(_updated_at) ORDER BY v._version DESC) = 1
"""

# Kantata's baselines hold dates, no hours: the estimate known when the baseline was first pulled stands for them.
# A project without a baseline is measured against its plan as first pulled.
PLAN_TASK = """
WITH baseline AS (
    SELECT *, row_number() OVER (
        PARTITION BY workspace_id ORDER BY created_at, try_cast(id AS BIGINT), id) AS plan_number
    FROM {raw}.workspace_baseline WHERE _is_newest AND NOT _deleted
),
first_pull AS (SELECT id, min(_extracted_at) AS pulled_at FROM {raw}.workspace_baseline GROUP BY id),
first_story AS (SELECT workspace_id, min(_extracted_at) AS pulled_at FROM {raw}.story GROUP BY workspace_id),
planned AS (
    SELECT part.id, part.story_id, part.start_date, part.due_date, baseline.workspace_id, baseline.plan_number,
           local_date(baseline.created_at) AS approved_date, 'vendor' AS origin, first_pull.pulled_at,
           part._updated_at, part._extracted_at, part._hash, part._unreadable
    FROM {raw}.baseline_story part
    JOIN baseline ON baseline.id = part.baseline_id
    JOIN first_pull ON first_pull.id = baseline.id
    WHERE part._is_newest AND NOT part._deleted
    UNION ALL
    SELECT 'first:' || story.id, story.id, story.start_date, story.due_date, story.workspace_id, 1,
           local_date(first_story.pulled_at), 'first_seen', first_story.pulled_at,
           story._updated_at, story._extracted_at, story._hash, story._unreadable
    FROM {raw}.story story
    JOIN first_story ON first_story.workspace_id = story.workspace_id AND first_story.pulled_at = story._extracted_at
    WHERE story._version = 1 AND NOT story._deleted
      AND NOT EXISTS (SELECT 1 FROM baseline WHERE baseline.workspace_id = story.workspace_id)
),
estimate AS (
    SELECT planned.id, story.estimate_minutes, story.story_type
    FROM planned JOIN {raw}.story story ON story.id = planned.story_id
    QUALIFY row_number() OVER (
        PARTITION BY planned.id
        ORDER BY CASE WHEN story._extracted_at <= planned.pulled_at THEN 0 ELSE 1 END,
                 CASE WHEN story._extracted_at <= planned.pulled_at THEN -story._version ELSE story._version END
    ) = 1
),
cost AS (
    SELECT planned.id, rate.currency,
           to_minor(rate.cost_rate_cents, rate.currency, rate.currency_base_unit) AS cost_rate_minor
    FROM planned
    LEFT JOIN {raw}.story_field field ON field.subject_id = planned.story_id
    JOIN {raw}.rate rate
      ON rate._is_newest AND NOT rate._deleted
     AND rate.effective_date <= planned.approved_date AND rate.cost_rate_cents IS NOT NULL
     AND (rate.workspace_id IS NULL OR rate.workspace_id = planned.workspace_id)
     AND (rate.role_id IS NULL OR rate.role_id = field.role_id)
    QUALIFY row_number() OVER (
        PARTITION BY planned.id
        ORDER BY rate.workspace_id IS NULL, rate.role_id IS NULL, rate.effective_date DESC, rate.id
    ) = 1
)
SELECT '{instance}:' || planned.id AS plan_task_id,
       '{instance}:' || planned.workspace_id AS project_id,
       '{instance}:' || planned.story_id AS task_id,
       planned.plan_number, planned.approved_date, planned.origin, planned.start_date, planned.due_date,
       CASE WHEN estimate.story_type = 'milestone' THEN 0 ELSE coalesce(estimate.estimate_minutes, 0) * 60 END
       AS budget_seconds,
       cost.cost_rate_minor, cost.currency,
       coalesce(estimate.story_type = 'milestone', false) AS is_milestone,
       1 AS _version, false AS _deleted, planned._updated_at, planned._extracted_at, planned._hash, planned._unreadable
FROM planned
LEFT JOIN estimate ON estimate.id = planned.id
LEFT JOIN cost ON cost.id = planned.id
"""
