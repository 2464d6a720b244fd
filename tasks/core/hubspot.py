"""How HubSpot's records become core rows: one query a table, over the raw tables of one portal.

`{raw}` is the schema of the portal's raw tables (every known version of every record), `{instance}` its name,
`{currency}` the currency of amounts that name none (empty: not known).
"""

from tasks.core.mapping import VERSION, Mapping

HOME_CURRENCY = "nullif('{currency}', '')"


def merges(kind: str) -> str:
    """Which records of a kind went into which: `{kind}_alias` step by step, `{kind}_winner` to the last one.

    What was merged away is gone from HubSpot; only the winner's list of ids tells.
    """
    return f"""
{kind}_listed AS (
    SELECT id, _updated_at, unnest(string_split(merged_ids, ';')) AS part FROM {{raw}}.{kind}
    WHERE coalesce(merged_ids, '') <> ''
),
{kind}_alias AS (
    SELECT trim(part) AS loser_id, arg_max(id, _updated_at) AS winner_id, min(_updated_at) AS merged_at
    FROM {kind}_listed WHERE trim(part) <> '' AND trim(part) <> id GROUP BY trim(part)
),
{kind}_hop(id, top, depth) AS (
    SELECT loser_id, winner_id, 1 FROM {kind}_alias
    UNION ALL
    SELECT {kind}_hop.id, {kind}_alias.winner_id, {kind}_hop.depth + 1
    FROM {kind}_hop JOIN {kind}_alias ON {kind}_alias.loser_id = {kind}_hop.top WHERE {kind}_hop.depth < 20
),
{kind}_winner AS (SELECT id, arg_max(top, depth) AS top FROM {kind}_hop GROUP BY id)
"""


# A merged account's deletion stays an account: its past belongs to the winner from that day on.
ACCOUNT = f"""
WITH RECURSIVE {merges("company")},
newest AS (
    SELECT v.id, coalesce(alias.winner_id, nullif(v.parent_id, '')) AS above, v.segment
    FROM {{raw}}.company v LEFT JOIN company_alias alias ON alias.loser_id = v.id
    WHERE v._is_newest AND (NOT v._deleted OR alias.winner_id IS NOT NULL)
),
climb(id, top, depth) AS (
    SELECT id, id, 0 FROM newest
    UNION ALL
    SELECT climb.id, newest.above, climb.depth + 1
    FROM climb JOIN newest ON newest.id = climb.top
    WHERE newest.above IS NOT NULL AND climb.depth < 20
),
ultimate AS (SELECT id, arg_max(top, depth) AS top FROM climb GROUP BY id)
SELECT '{{instance}}:' || v.id AS account_id,
       v.name,
       '{{instance}}:' || nullif(v.parent_id, '') AS parent_id,
       '{{instance}}:' || alias.winner_id AS merged_into_id,
       local_date(alias.merged_at) AS merged_date,
       '{{instance}}:' || coalesce(ultimate.top, v.id) AS ultimate_id,
       nullif(coalesce(top.segment, v.segment), '') AS segment,
       coalesce(nullif(v.currency, ''), {HOME_CURRENCY}) AS currency,
       v.created_at,
       v._version, v._deleted AND alias.winner_id IS NULL AS _deleted,
       v._updated_at, v._extracted_at, v._hash, v._unreadable
FROM {{raw}}.company v
LEFT JOIN company_alias alias ON alias.loser_id = v.id AND v._deleted
LEFT JOIN ultimate ON ultimate.id = v.id
LEFT JOIN newest top ON top.id = ultimate.top
"""

# The buyer is the deal's primary company, else the first one, or what that was merged into: HubSpot hands a deal over
# without stamping it. `first_buyer` is the one it had when first pulled.
BUYER = f"""
{merges("company")},
buyer AS (
    SELECT link.deal_id, coalesce(company_winner.top, link.company_id) AS company_id
    FROM {{raw}}.deal_company link LEFT JOIN company_winner ON company_winner.id = link.company_id
    WHERE link._is_newest AND NOT link._deleted
    QUALIFY row_number() OVER (
        PARTITION BY link.deal_id ORDER BY coalesce(link.is_primary, false) DESC, link.company_id) = 1
),
first_buyer AS (
    SELECT link.deal_id, link.company_id FROM {{raw}}.deal_company link
    QUALIFY row_number() OVER (
        PARTITION BY link.deal_id
        ORDER BY link._extracted_at, coalesce(link.is_primary, false) DESC, link.company_id) = 1
)
"""

OPPORTUNITY = f"""
WITH RECURSIVE {BUYER},
stage AS (SELECT id, label FROM {{raw}}.deal_stage WHERE _is_newest)
SELECT '{{instance}}:' || v.id AS opportunity_id,
       '{{instance}}:' || buyer.company_id AS account_id,
       v.name, v.deal_type AS opportunity_type,
       coalesce(stage.label, v.stage_id) AS stage,
       v.is_closed, v.is_won,
       local_date(v.close_at) AS close_date,
       number_to_minor(v.amount, 1, v.money) AS amount_minor,
       v.money AS currency,
       '{{instance}}:' || nullif(v.renewed_deal_id, '') AS renewed_contract_id,
       {VERSION}
FROM (SELECT *, coalesce(nullif(currency, ''), {HOME_CURRENCY}) AS money FROM {{raw}}.deal) v
LEFT JOIN buyer ON buyer.deal_id = v.id
LEFT JOIN stage ON stage.id = v.stage_id
"""

# A part of an ISO 8601 term (P1Y6M, P400D, P2W), 0 where it has none.
PART = "coalesce(TRY_CAST(nullif(regexp_extract(v.term, '([0-9]+){unit}', 1), '') AS INTEGER), 0)"
YEARS, MONTHS, WEEKS, DAYS = (PART.format(unit=unit) for unit in "YMWD")

# A recurring line item of a won deal; the deal is the contract. A line that ends early keeps its term for its rate.
# A deleted line item has lost its deal: the last one it had still says whose it was.
SUBSCRIPTION = f"""
WITH RECURSIVE {BUYER}, {merges("deal")},
sold AS (
    SELECT link.line_item_id, deal.id AS deal_id, deal.currency, link._deleted AS is_gone
    FROM {{raw}}.line_item_deal link
    LEFT JOIN deal_winner ON deal_winner.id = link.deal_id
    JOIN {{raw}}.deal deal ON deal.id = coalesce(deal_winner.top, link.deal_id)
    WHERE link._is_newest AND deal._is_newest AND NOT deal._deleted AND deal.is_won
    QUALIFY row_number() OVER (
        PARTITION BY link.line_item_id ORDER BY link._deleted, link._extracted_at DESC, link.deal_id) = 1
),
gone AS (SELECT id FROM {{raw}}.line_item WHERE _is_newest AND _deleted),
lost AS (
    SELECT DISTINCT coalesce(deal_winner.top, deal.renewed_deal_id) AS deal_id
    FROM {{raw}}.deal deal LEFT JOIN deal_winner ON deal_winner.id = deal.renewed_deal_id
    WHERE deal._is_newest AND NOT deal._deleted AND deal.is_closed AND NOT deal.is_won
      AND coalesce(deal.renewed_deal_id, '') <> ''
),
line AS (
    SELECT v.*, sold.deal_id,
           coalesce(nullif(v.currency, ''), nullif(sold.currency, ''), {HOME_CURRENCY}) AS money,
           CASE WHEN regexp_full_match(v.term, 'P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+W)?(?:[0-9]+D)?')
           THEN (v.start_date + INTERVAL 1 MONTH * (12 * {YEARS} + {MONTHS})
                 + INTERVAL 1 DAY * (7 * {WEEKS} + {DAYS}))::DATE END AS term_end_date
    FROM {{raw}}.line_item v
    JOIN sold ON sold.line_item_id = v.id
    LEFT JOIN gone ON gone.id = v.id
    WHERE coalesce(v.frequency, '') <> '' AND (gone.id IS NOT NULL OR NOT sold.is_gone)
)
SELECT '{{instance}}:' || v.id AS subscription_id,
       '{{instance}}:' || buyer.company_id AS account_id,
       '{{instance}}:' || first_buyer.company_id AS original_account_id,
       '{{instance}}:' || v.deal_id AS contract_id,
       v.product,
       number_to_minor(v.total_value, 1, v.money) AS amount_minor,
       v.money AS currency,
       v.start_date,
       v.term_end_date,
       least(v.terminated_date, v.term_end_date) AS end_date,
       v.cancel_notice_date,
       '{{instance}}:' || nullif(v.predecessor_id, '') AS predecessor_id,
       lost.deal_id IS NOT NULL AS is_renewal_lost,
       {VERSION}
FROM line v
LEFT JOIN buyer ON buyer.deal_id = v.deal_id
LEFT JOIN first_buyer ON first_buyer.deal_id = v.deal_id
LEFT JOIN lost ON lost.deal_id = v.deal_id
"""

# The customer is the ticket's primary company, else the first one, or what that was merged into; the team its pipeline.
TICKET = f"""
WITH RECURSIVE {merges("company")},
customer AS (
    SELECT link.ticket_id, coalesce(company_winner.top, link.company_id) AS holder_id
    FROM {{raw}}.ticket_company link LEFT JOIN company_winner ON company_winner.id = link.company_id
    WHERE link._is_newest AND NOT link._deleted
    QUALIFY row_number() OVER (
        PARTITION BY link.ticket_id ORDER BY coalesce(link.is_primary, false) DESC, link.company_id) = 1
),
pipeline AS (SELECT id, label FROM {{raw}}.ticket_pipeline WHERE _is_newest)
SELECT '{{instance}}:' || v.id AS ticket_id,
       '{{instance}}:' || customer.holder_id AS account_id,
       customer.holder_id AS customer_ref,
       nullif(v.category, '') AS request_type,
       pipeline.label AS team,
       local_date(v.created_at) AS opened_date,
       local_date(v.escalated_at) AS escalated_date,
       local_date(v.replied_at) AS replied_date,
       seconds_between(v.created_at, v.replied_at) AS reply_seconds,
       local_date(v.closed_at) AS closed_date,
       {VERSION}
FROM {{raw}}.ticket v
LEFT JOIN customer ON customer.ticket_id = v.id
LEFT JOIN pipeline ON pipeline.id = v.pipeline_id
"""

MAPPINGS = (
    Mapping("account", ACCOUNT),
    Mapping("opportunity", OPPORTUNITY),
    Mapping("subscription", SUBSCRIPTION),
    Mapping("ticket", TICKET, is_optional=True),
)
OPTIONAL: frozenset[str] = frozenset({"deal_stage"})
CUSTOM_FIELDS: tuple[tuple[str, str, str], ...] = ()
"""The columns of these mappings come straight from properties: HubSpot has no custom fields of another form."""
