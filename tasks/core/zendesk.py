"""How Zendesk's records become core rows: one query a table, over the raw tables of one account.

`{raw}` is the schema of the account's raw tables, `{instance}` its name, `{crm}` the instance whose account ids its
organizations carry as their external id.
"""

from tasks.core.mapping import VERSION, Mapping, custom

# A team that is gone keeps the name it had. What a ticket's metrics call solved stays so when it is opened again.
TICKET = f"""
WITH customer AS (
    SELECT id, name, nullif(trim(account_ref), '') AS account_ref FROM {{raw}}.organization WHERE _is_newest
),
team AS (SELECT id, name FROM {{raw}}.team WHERE _is_newest),
rated AS (
    SELECT ticket_id, score, rated_at FROM {{raw}}.rating
    WHERE _is_newest AND NOT _deleted AND score IN ('good', 'bad')
    QUALIFY row_number() OVER (PARTITION BY ticket_id ORDER BY rated_at DESC, id DESC) = 1
)
SELECT '{{instance}}:' || v.id AS ticket_id,
       '{{crm}}:' || customer.account_ref AS account_id,
       coalesce(customer.name, v.organization_id) AS customer_ref,
       coalesce(f.request_type, v.ticket_type) AS request_type,
       team.name AS team,
       local_date(v.opened_at) AS opened_date,
       {custom("escalated_date", "date")} AS escalated_date,
       local_date(v.opened_at + INTERVAL 1 MINUTE * v.reply_minutes) AS replied_date,
       v.reply_minutes * 60 AS reply_seconds,
       CASE WHEN v.status IN ('solved', 'closed') THEN local_date(v.solved_at) END AS closed_date,
       rated.score AS rating,
       local_date(rated.rated_at) AS rated_date,
       v._version, v._deleted, v._updated_at, v._extracted_at, v._hash,
       nullif(concat_ws(',', v._unreadable, f._unreadable), '') AS _unreadable
FROM {{raw}}.ticket v
LEFT JOIN customer ON customer.id = v.organization_id
LEFT JOIN team ON team.id = v.group_id
LEFT JOIN rated ON rated.ticket_id = v.id
LEFT JOIN {{raw}}.ticket_field f ON f.subject_id = v.id
"""

# The team that new tickets of a customer reach.
ESCALATION_ROUTE = f"""
SELECT '{{instance}}:' || v.id AS route_id,
       '{{crm}}:' || trim(v.account_ref) AS account_id,
       coalesce(team.name, v.group_id) AS reaches,
       {VERSION}
FROM {{raw}}.organization v
LEFT JOIN (SELECT id, name FROM {{raw}}.team WHERE _is_newest) team ON team.id = v.group_id
WHERE nullif(trim(v.account_ref), '') IS NOT NULL AND v.group_id IS NOT NULL
"""

MAPPINGS = (
    Mapping("ticket", TICKET, is_optional=True),
    Mapping("escalation_route", ESCALATION_ROUTE, is_optional=True),
)
OPTIONAL: frozenset[str] = frozenset({"rating"})
CUSTOM_FIELDS = (("ticket_field", "Ticket", "ticket"),)
