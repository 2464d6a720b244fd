"""How an org's account teams, meetings and e-mails become core rows: one query a table.

People are Salesforce ids: 005 is one of us, 003 a contact. Subjects, bodies and addresses are never asked for. See
`tasks/core/salesforce.py` for the names the queries use.
"""

from tasks.core.mapping import VERSION, Mapping

TRAIL = "v._updated_at, v._extracted_at, v._hash, v._unreadable"

# Who leaves an account's team is deleted there: it stays a row here, which ends on that day.
OWNERSHIP = f"""
SELECT '{{instance}}:' || v.id AS ownership_id,
       '{{instance}}:' || v.account_id AS account_id,
       '{{instance}}:' || v.person AS person_id,
       nullif(trim(v.role), '') AS role,
       local_date(v.created_at) AS start_date,
       CASE WHEN v._deleted THEN local_date(v._updated_at) END AS end_date,
       v._version, false AS _deleted, {TRAIL}
FROM {{raw}}.account_team v
"""

# An invitation makes a child event in the calendar of each invited user: the meeting is the one that it is a child of.
MEETING = f"""
SELECT '{{instance}}:' || v.id AS meeting_id,
       '{{instance}}:' || v.account_id AS account_id,
       CASE WHEN left(v.about_id, 3) = '006' THEN '{{instance}}:' || v.about_id END AS opportunity_id,
       v.meeting_type,
       local_date(v.starts_at) AS meeting_date,
       nullif(trim(v.outcome), '') AS outcome,
       {VERSION}
FROM {{raw}}.event v
WHERE NOT coalesce(v.is_child, false)
"""

MEETING_ATTENDEE = f"""
SELECT '{{instance}}:' || v.id AS attendee_id,
       '{{instance}}:' || v.event_id AS meeting_id,
       '{{instance}}:' || v.person AS person_id,
       left(v.person, 3) = '003' AS is_customer,
       coalesce(lower(v.status) IN ('declined', 'uninvited'), false) AS is_declined,
       {VERSION}
FROM {{raw}}.event_relation v
WHERE left(v.person, 3) IN ('003', '005')
UNION ALL
SELECT '{{instance}}:' || v.id || ':owner' AS attendee_id,
       '{{instance}}:' || v.id AS meeting_id,
       '{{instance}}:' || v.owner AS person_id,
       false AS is_customer, false AS is_declined,
       {VERSION}
FROM {{raw}}.event v
WHERE NOT coalesce(v.is_child, false) AND left(v.owner, 3) = '005'
"""

MESSAGE = f"""
SELECT '{{instance}}:' || v.id AS message_id,
       '{{instance}}:' || coalesce(deal.account_id, CASE WHEN left(v.about_id, 3) = '001' THEN v.about_id END)
           AS account_id,
       CASE WHEN left(v.about_id, 3) = '006' THEN '{{instance}}:' || v.about_id END AS opportunity_id,
       local_date(v.sent_at) AS sent_date,
       coalesce(v.is_inbound, false) AS is_inbound,
       coalesce(v.is_automated, false) AS is_automated,
       {VERSION}
FROM {{raw}}.email v
LEFT JOIN (SELECT id, account_id FROM {{raw}}.opportunity WHERE _is_newest) deal ON deal.id = v.about_id
"""

MESSAGE_PARTY = f"""
SELECT '{{instance}}:' || v.id AS party_id,
       '{{instance}}:' || v.email_id AS message_id,
       '{{instance}}:' || v.person AS person_id,
       CASE v.relation_type WHEN 'FromAddress' THEN 'from' WHEN 'ToAddress' THEN 'to' WHEN 'CcAddress' THEN 'cc'
                            WHEN 'BccAddress' THEN 'bcc' ELSE 'other' END AS role,
       {VERSION}
FROM {{raw}}.email_relation v
WHERE v.person IS NOT NULL
"""

CONTACT = (
    Mapping("ownership", OWNERSHIP, is_optional=True),
    Mapping("meeting", MEETING, is_optional=True),
    Mapping("meeting_attendee", MEETING_ATTENDEE, is_optional=True),
    Mapping("message", MESSAGE, is_optional=True),
    Mapping("message_party", MESSAGE_PARTY, is_optional=True),
)
