"""How an org's support records become core rows: one query a table.

See `tasks/core/salesforce.py` for the names the queries use.
"""

from tasks.core.mapping import VERSION, Mapping

TICKET = f"""
SELECT '{{instance}}:' || v.id AS ticket_id,
       '{{instance}}:' || v.account_id AS account_id,
       v.account_id AS customer_ref,
       v.request_type, v.team,
       local_date(v.opened_at) AS opened_date,
       local_date(v.escalated_at) AS escalated_date,
       local_date(v.replied_at) AS replied_date,
       seconds_between(v.opened_at, v.replied_at) AS reply_seconds,
       local_date(v.closed_at) AS closed_date,
       lower(nullif(trim(v.rating), '')) AS rating,
       local_date(v.rated_at) AS rated_date,
       {VERSION}
FROM {{raw}}.support_case v
"""

ESCALATION_ROUTE = f"""
SELECT '{{instance}}:' || v.id AS route_id,
       '{{instance}}:' || v.account_id AS account_id,
       v.reaches,
       {VERSION}
FROM {{raw}}.escalation_route v
"""

SUPPORT = (
    Mapping("ticket", TICKET, is_optional=True),
    Mapping("escalation_route", ESCALATION_ROUTE, is_optional=True),
)
