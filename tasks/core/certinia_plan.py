"""How Certinia's project tasks and milestones become core rows: one query a table.

See `tasks/core/certinia.py` for the names the queries use. A milestone is a task too; both may name the change request
(a budget) that they belong to.
"""

TASK = """
WITH parent AS (SELECT DISTINCT parent_id FROM {raw}.project_task WHERE _is_newest AND NOT _deleted),
change AS (SELECT id FROM {raw}.budget WHERE _is_newest AND NOT _deleted AND budget_type = 'change'),
piece AS (
    SELECT v.id, v.project_id, v.parent_id, parent.parent_id IS NOT NULL AS has_children, v.name, 'task' AS task_type,
           v.state, v.role, v.start_date, v.due_date, v.estimate_hours, v.percent, v.actual_start_date,
           v.actual_finish_date, coalesce(v.is_closed, false) AS is_archived,
           coalesce(v.is_contractual_non_billable, false) AS is_contractual_non_billable, v.budget_id, v.created_at,
           v._version, v._deleted, v._updated_at, v._extracted_at, v._hash, v._unreadable
    FROM {raw}.project_task v LEFT JOIN parent ON parent.parent_id = v.id
    UNION ALL
    SELECT v.id, v.project_id, NULL, false, v.name, 'milestone', v.state, NULL, v.start_date, v.target_date, NULL, NULL,
           NULL, v.actual_date, false, false, v.budget_id, v.created_at,
           v._version, v._deleted, v._updated_at, v._extracted_at, v._hash, v._unreadable
    FROM {raw}.milestone v
)
SELECT '{instance}:' || v.id AS task_id,
       '{instance}:' || v.project_id AS project_id,
       '{instance}:' || v.parent_id AS parent_id,
       v.has_children, v.name, v.task_type, v.state,
       '{instance}:' || v.role AS role_id,
       v.start_date, v.due_date,
       round(v.estimate_hours * 3600)::BIGINT AS estimate_seconds,
       round(v.percent * 100)::BIGINT AS progress_bp,
       v.actual_start_date, v.actual_finish_date, v.is_archived, v.is_contractual_non_billable,
       '{instance}:' || change.id AS change_order_id,
       v.created_at,
       v._version, v._deleted, v._updated_at, v._extracted_at, v._hash, v._unreadable
FROM piece v LEFT JOIN change ON change.id = v.budget_id
"""

# Each version of a task says how far it was on the day the source stamped on it; the last of a day counts.
TASK_PROGRESS = """
SELECT '{instance}:' || id || ':' || local_date(_updated_at) AS progress_id,
       '{instance}:' || id AS task_id,
       local_date(_updated_at) AS recorded_date,
       round(percent * 100)::BIGINT AS progress_bp,
       1 AS _version, _deleted, _updated_at, _extracted_at, _hash, NULL AS _unreadable
FROM {raw}.project_task v
WHERE percent IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id, local_date(_updated_at) ORDER BY v._version DESC) = 1
"""

# A project is measured against its plan as first pulled, at the list cost of each task's role on that day.
PLAN_TASK = """
WITH piece AS (
    SELECT id, project_id, role, start_date, due_date, estimate_hours, false AS is_milestone,
           _version, _deleted, _updated_at, _extracted_at, _hash, _unreadable
    FROM {raw}.project_task
    UNION ALL
    SELECT id, project_id, NULL, coalesce(start_date, target_date), target_date, NULL, true,
           _version, _deleted, _updated_at, _extracted_at, _hash, _unreadable
    FROM {raw}.milestone
),
first_piece AS (SELECT project_id, min(_extracted_at) AS pulled_at FROM piece GROUP BY project_id),
planned AS (
    SELECT piece.*, local_date(first_piece.pulled_at) AS approved_date
    FROM piece JOIN first_piece
      ON first_piece.project_id = piece.project_id AND first_piece.pulled_at = piece._extracted_at
    WHERE piece._version = 1 AND NOT piece._deleted
),
cost AS (
    SELECT planned.id, card.currency, number_to_minor(card.cost_rate, 1, card.currency) AS cost_rate_minor
    FROM planned JOIN {raw}.rate_card card
      ON card._is_newest AND NOT card._deleted AND card.account_id IS NULL AND card.cost_rate IS NOT NULL
     AND card.effective_date <= planned.approved_date AND (card.role IS NULL OR card.role = planned.role)
    QUALIFY row_number() OVER (
        PARTITION BY planned.id ORDER BY card.role IS NULL, card.effective_date DESC, card.id) = 1
)
SELECT '{instance}:first:' || v.id AS plan_task_id,
       '{instance}:' || v.project_id AS project_id,
       '{instance}:' || v.id AS task_id,
       1 AS plan_number,
       v.approved_date,
       'first_seen' AS origin,
       v.start_date, v.due_date,
       coalesce(round(v.estimate_hours * 3600)::BIGINT, 0) AS budget_seconds,
       cost.cost_rate_minor, cost.currency,
       v.is_milestone,
       1 AS _version, false AS _deleted, v._updated_at, v._extracted_at, v._hash, v._unreadable
FROM planned v LEFT JOIN cost ON cost.id = v.id
"""
