"""How Salesforce's records become core rows: one query a table, over the raw tables of one org.

`{raw}` is the schema of the org's raw tables (every known version of every record), `{instance}` its name.
"""

from tasks.core.mapping import VERSION, Mapping
from tasks.core.salesforce_closing import CLOSING
from tasks.core.salesforce_contact import CONTACT
from tasks.core.salesforce_support import SUPPORT

# A merge's loser is deleted at the source but stays an account here: its past belongs to the winner from that day on.
ACCOUNT = """
WITH RECURSIVE newest AS (
    SELECT id, coalesce(master_id, parent_id) AS above, segment FROM {raw}.account
    WHERE _is_newest AND (NOT _deleted OR master_id IS NOT NULL)
),
climb(id, top, depth) AS (
    SELECT id, id, 0 FROM newest
    UNION ALL
    SELECT climb.id, newest.above, climb.depth + 1
    FROM climb JOIN newest ON newest.id = climb.top
    WHERE newest.above IS NOT NULL AND climb.depth < 20
),
ultimate AS (SELECT id, arg_max(top, depth) AS top FROM climb GROUP BY id)
SELECT '{instance}:' || v.id AS account_id,
       v.name,
       '{instance}:' || v.parent_id AS parent_id,
       '{instance}:' || v.master_id AS merged_into_id,
       CASE WHEN v.master_id IS NOT NULL THEN local_date(v._updated_at) END AS merged_date,
       '{instance}:' || coalesce(ultimate.top, v.id) AS ultimate_id,
       coalesce(top.segment, v.segment) AS segment,
       v.currency,
       v.created_at,
       v._version, v._deleted AND v.master_id IS NULL AS _deleted,
       v._updated_at, v._extracted_at, v._hash, v._unreadable
FROM {raw}.account v
LEFT JOIN ultimate ON ultimate.id = v.id
LEFT JOIN newest top ON top.id = ultimate.top
"""

OPPORTUNITY = f"""
SELECT '{{instance}}:' || v.id AS opportunity_id,
       '{{instance}}:' || v.account_id AS account_id,
       v.name, v.opportunity_type, v.stage, v.is_closed, v.is_won, v.close_date,
       number_to_minor(v.amount, 1, v.currency) AS amount_minor,
       v.currency,
       '{{instance}}:' || v.renewed_contract_id AS renewed_contract_id,
       {VERSION}
FROM {{raw}}.opportunity v
"""

# CPQ's end date is the last day of service: one day is added. A line that ends early keeps its term for its rate.
SUBSCRIPTION = f"""
WITH first_known AS (SELECT id, account_id FROM {{raw}}.subscription WHERE _version = 1),
lost AS (
    SELECT DISTINCT renewed_contract_id FROM {{raw}}.opportunity
    WHERE _is_newest AND NOT _deleted AND is_closed AND NOT is_won AND renewed_contract_id IS NOT NULL
)
SELECT '{{instance}}:' || v.id AS subscription_id,
       '{{instance}}:' || v.account_id AS account_id,
       '{{instance}}:' || first_known.account_id AS original_account_id,
       '{{instance}}:' || v.contract_id AS contract_id,
       v.product,
       number_to_minor(v.net_price, coalesce(v.quantity, 1), v.currency) AS amount_minor,
       v.currency,
       v.start_date,
       (v.last_date + INTERVAL 1 DAY)::DATE AS term_end_date,
       least(v.terminated_date, (v.last_date + INTERVAL 1 DAY)::DATE) AS end_date,
       v.cancel_notice_date,
       '{{instance}}:' || v.predecessor_id AS predecessor_id,
       lost.renewed_contract_id IS NOT NULL AS is_renewal_lost,
       {VERSION}
FROM {{raw}}.subscription v
JOIN first_known ON first_known.id = v.id
LEFT JOIN lost ON lost.renewed_contract_id = v.contract_id
"""

# Every version of a form is a row: when it was complete decides what is paid. A deleted form is a last, empty version.
HANDOFF_FORM = """
SELECT '{instance}:' || v.id || ':' || v._version AS form_version_id,
       '{instance}:' || v.id AS form_id,
       '{instance}:' || v.opportunity_id AS opportunity_id,
       v._version AS version_number,
       local_date(v._updated_at) AS recorded_date,
       v._deleted AS is_withdrawn,
       v.goals, v.expected_outcomes,
       '{instance}:' || v.sponsor AS sponsor_id, v.sponsor_role,
       '{instance}:' || v.administrator AS administrator_id, v.administrator_role,
       v.go_live_target_date, v.success_measure, v.success_target, v.concerns,
       '{instance}:' || v.concerns_author AS concerns_author_id,
       v.signed_date,
       1 AS _version, false AS _deleted, v._updated_at, v._extracted_at, v._hash, v._unreadable
FROM {raw}.handoff v
"""

KICKOFF = f"""
SELECT '{{instance}}:' || v.id AS kickoff_id,
       '{{instance}}:' || v.opportunity_id AS opportunity_id,
       v.held_date,
       coalesce(v.is_template_used, false) AS is_template_used,
       coalesce(v.is_goals_shown, false) AS is_goals_shown,
       lower(nullif(trim(v.goals_answer), '')) AS goals_answer,
       v.answered_date,
       {VERSION}
FROM {{raw}}.kickoff v
"""

COMMISSION = f"""
SELECT '{{instance}}:' || v.id AS commission_id,
       '{{instance}}:' || v.opportunity_id AS opportunity_id,
       number_to_minor(v.amount, 1, v.currency) AS amount_minor,
       v.currency, v.payable_date,
       coalesce(v.is_cancelled, false) AS is_cancelled,
       v.override_date,
       '{{instance}}:' || v.overridden_by AS overridden_by_id,
       nullif(trim(v.override_reason), '') AS override_reason,
       {VERSION}
FROM {{raw}}.commission v
"""

MAPPINGS = (
    Mapping("account", ACCOUNT),
    Mapping("opportunity", OPPORTUNITY),
    Mapping("subscription", SUBSCRIPTION),
    Mapping("handoff_form", HANDOFF_FORM, is_optional=True),
    Mapping("kickoff", KICKOFF, is_optional=True),
    *CLOSING,
    Mapping("commission", COMMISSION, is_optional=True),
    *SUPPORT,
    *CONTACT,
)
OPTIONAL: frozenset[str] = frozenset()
CUSTOM_FIELDS: tuple[tuple[str, str, str], ...] = ()
