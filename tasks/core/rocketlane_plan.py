"""How Rocketlane's tasks become core rows: one query a table.

See `tasks/core/rocketlane.py` for the names the queries use.
"""

from tasks.core.mapping import STAMPS, custom

# The account's whole history of a record, with the columns that every core row carries along.

TASK = f"""
WITH parent AS (SELECT DISTINCT parent_id FROM {{raw}}.task WHERE _is_newest AND NOT _deleted)
SELECT '{{instance}}:' || v.id AS task_id,
       '{{instance}}:' || v.project_id AS project_id,
       '{{instance}}:' || v.parent_id AS parent_id,
       parent.parent_id IS NOT NULL AS has_children,
       v.title AS name,
       CASE WHEN upper(v.task_type) = 'MILESTONE' THEN 'milestone' ELSE 'task' END AS task_type,
       v.status AS state,
       '{{instance}}:' || f.role_id AS role_id,
       v.start_date,
       v.due_date,
       v.estimate_minutes * 60 AS estimate_seconds,
       v.progress * 100 AS progress_bp,
       v.actual_start_date,
       v.actual_finish_date,
       coalesce(v.is_archived, false) AS is_archived,
       coalesce({custom("is_contractual_non_billable", "boolean")}, false) AS is_contractual_non_billable,
       NULL AS change_order_id,
       v.created_at,
       {STAMPS},
       nullif(concat_ws(',', v._unreadable, f._unreadable), '') AS _unreadable
FROM {{raw}}.task v
LEFT JOIN {{raw}}.task_field f ON f.subject_id = v.id
LEFT JOIN parent ON parent.parent_id = v.id
"""

# Each version of a task says how far it was on the day the source stamped on it; the last of a day counts.
TASK_PROGRESS = """
SELECT '{instance}:' || id || ':' || local_date(_updated_at) AS progress_id,
       '{instance}:' || id AS task_id,
       local_date(_updated_at) AS recorded_date,
       progress * 100 AS progress_bp,
       1 AS _version, _deleted, _updated_at, _extracted_at, _hash, NULL AS _unreadable
FROM {raw}.task v
WHERE progress IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id, local_date(_updated_at) ORDER BY v._version DESC) = 1
"""

# Rocketlane keeps no baseline: a project is measured against its plan as first pulled, in hours.
PLAN_TASK = """
WITH first_task AS (SELECT project_id, min(_extracted_at) AS pulled_at FROM {raw}.task GROUP BY project_id)
SELECT '{instance}:first:' || v.id AS plan_task_id,
       '{instance}:' || v.project_id AS project_id,
       '{instance}:' || v.id AS task_id,
       1 AS plan_number,
       local_date(first_task.pulled_at) AS approved_date,
       'first_seen' AS origin,
       v.start_date, v.due_date,
       CASE WHEN upper(v.task_type) = 'MILESTONE' THEN 0 ELSE coalesce(v.estimate_minutes, 0) * 60 END
       AS budget_seconds,
       NULL AS cost_rate_minor, NULL AS currency,
       coalesce(upper(v.task_type) = 'MILESTONE', false) AS is_milestone,
       1 AS _version, false AS _deleted, v._updated_at, v._extracted_at, v._hash, v._unreadable
FROM {raw}.task v
JOIN first_task ON first_task.project_id = v.project_id AND first_task.pulled_at = v._extracted_at
WHERE v._version = 1 AND NOT v._deleted
"""
