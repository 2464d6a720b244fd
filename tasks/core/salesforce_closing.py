"""How an org's records of the closing of a delivery become core rows: one query a table.

See `tasks/core/salesforce.py` for the names the queries use.
"""

from tasks.core.mapping import VERSION, Mapping

DEBRIEF = f"""
SELECT '{{instance}}:' || v.id AS debrief_id,
       '{{instance}}:' || v.opportunity_id AS opportunity_id,
       v.held_date, v.sentiment, v.workarounds, v.executive_goals,
       {VERSION}
FROM {{raw}}.debrief v
"""

CLOSEOUT = f"""
SELECT '{{instance}}:' || v.id AS closeout_id,
       '{{instance}}:' || v.opportunity_id AS opportunity_id,
       v.meeting_date,
       coalesce(v.has_customer, false) AS has_customer,
       coalesce(v.has_implementation, false) AS has_implementation,
       coalesce(v.has_customer_success, false) AS has_customer_success,
       v.next_steps, v.signed_date,
       nullif(trim(v.document), '') AS document,
       v.rating,
       {VERSION}
FROM {{raw}}.closeout v
"""

DELIVERABLE = f"""
SELECT '{{instance}}:' || v.id AS deliverable_id,
       '{{instance}}:' || v.closeout_id AS closeout_id,
       v.validated_date,
       {VERSION}
FROM {{raw}}.deliverable v
"""

# A picklist's label is the value in small letters with underscores.
CHECKLIST_ITEM = f"""
SELECT '{{instance}}:' || v.id AS checklist_item_id,
       '{{instance}}:' || v.opportunity_id AS opportunity_id,
       replace(lower(trim(v.handoff_point)), ' ', '_') AS handoff_point,
       coalesce(v.is_required, false) AS is_required,
       v.signed_date,
       {VERSION}
FROM {{raw}}.checklist_item v
"""

# `{psa}` is the instance whose task ids the promises carry.
PROMISE = f"""
SELECT '{{instance}}:' || v.id AS promise_id,
       '{{instance}}:' || v.opportunity_id AS opportunity_id,
       replace(lower(trim(v.kind)), ' ', '_') AS kind,
       '{{psa}}:' || nullif(trim(v.task_ref), '') AS task_id,
       v.scope_clause, v.mapped_date,
       {VERSION}
FROM {{raw}}.promise v
"""

SUCCESS_PLAN = f"""
SELECT '{{instance}}:' || v.id AS success_plan_id,
       '{{instance}}:' || v.opportunity_id AS opportunity_id,
       local_date(v.created_at) AS created_date,
       {VERSION}
FROM {{raw}}.success_plan v
"""

CLOSING = (
    Mapping("debrief", DEBRIEF, is_optional=True),
    Mapping("closeout", CLOSEOUT, is_optional=True),
    Mapping("deliverable", DELIVERABLE, is_optional=True),
    Mapping("checklist_item", CHECKLIST_ITEM, is_optional=True),
    Mapping("promise", PROMISE, is_optional=True),
    Mapping("success_plan", SUCCESS_PLAN, is_optional=True),
)
