"""The pretend company's revenue through HubSpot: the planted answers, the same as through Salesforce, to the cent."""

from collections.abc import Mapping
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta

import pytest

from config.policy import policy
from config.settings import HubspotSource, Settings
from sandbox.company import DEMO_DAYS
from tasks.checks.judge import judge
from tasks.core.conform import conform
from tasks.core.provenance import data_as_of, pulled_at
from tasks.engines.bench import workbench
from tasks.lake.append import append
from tasks.lake.typed import payload_texts, rows
from tasks.metrics.catalogue import STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tasks.sources import hubspot
from tasks.sources.fieldmap import field_map

REVENUE = STEPS_AND_METRICS[: [one.table for one in STEPS_AND_METRICS].index("nrr_monthly") + 1]


@pytest.fixture(scope="module")
def company(everywhere):
    """The planted answers, the portal's core id of each Salesforce core id, and a lake pulled on each demo day."""
    ids = {f"salesforce:{key}": f"hubspot:{number}" for key, number in everywhere.portal.items()}
    return everywhere.ledger, ids, everywhere.of("hubspot")


@pytest.fixture(scope="module", params=DEMO_DAYS, ids=lambda day: str(day[1]))
def day(request, company):
    """One demo day measured: the day, and its workbench."""
    clock, as_of = request.param
    with workbench(company[2]) as bench:
        conform(bench, company[2], policy(), as_of=as_of, known_at=clock)
        judge(bench, policy(), {})
        measure(bench, REVENUE, policy(), as_of=as_of)
        yield as_of, bench


def same(planted: Mapping, measured: Mapping) -> None:
    apart = {
        key: (planted.get(key), measured.get(key))
        for key in sorted(planted.keys() | measured.keys(), key=str)
        if planted.get(key) != measured.get(key)
    }
    assert not apart, f"{len(apart)} of {len(planted)} differ (planted, measured): {dict(list(apart.items())[:5])}"
    assert planted


def test_mrr(company, day):
    (ledger, ids, _), (as_of, bench) = company, day
    found = bench.execute("SELECT month, account_id, closing_minor FROM mart.mrr_account WHERE closing_minor <> 0")
    planted = {(month, ids[account]): amount for (month, account), amount in ledger.mrr(as_of).items()}
    same(planted, {(month, account): amount for month, account, amount in found.fetchall()})


def test_movements(company, day):
    (ledger, ids, _), (as_of, bench) = company, day
    found = bench.execute(
        "SELECT month, account_id, movement, amount_minor FROM mart.mrr_movement WHERE amount_minor <> 0"
    )
    planted = {
        (month, ids[account], movement): amount
        for (month, account, movement), amount in ledger.movements(as_of).items() if amount
    }  # fmt: skip
    same(planted, {tuple(key): amount for *key, amount in found.fetchall()})


def test_net_retention(company, day):
    (ledger, _, _), (as_of, bench) = company, day
    found = bench.execute(
        """SELECT month, segment, base_minor, end_minor, retained_minor, end_excl_winback_minor, cohort_count,
                  retained_count FROM mart.nrr_monthly WHERE base_minor > 0"""
    ).fetchall()
    planted = {key: astuple(window) for key, window in ledger.nrr(as_of).items()}
    same(planted, {(month, segment): tuple(numbers) for month, segment, *numbers in found})


def test_what_is_held_back_and_what_is_deleted(company, day):
    (ledger, ids, _), (as_of, bench) = company, day
    rejected = bench.execute("SELECT core_table, row_id FROM rejection WHERE severity = 'blocking' AND is_newest")
    planted = {(table, ids[key]) for table, key in ledger.quarantine(as_of) if table == "subscription"}
    assert set(rejected.fetchall()) == planted
    gone = bench.execute(
        """SELECT subscription_id FROM versions.subscription
           QUALIFY row_number() OVER (PARTITION BY subscription_id ORDER BY _version DESC) = 1 AND _deleted"""
    )
    deleted = {ids[key] for table, key in ledger.deleted(as_of) if table == "subscription"}
    assert {key for (key,) in gone.fetchall()} == deleted


def test_a_merged_company_stays_an_account_under_its_winner(company):
    ledger, ids, settings = company
    clock, as_of = DEMO_DAYS[-1]
    planted = {
        (ids[key], ids[account.merged_into], account.merged_day)
        for key, history in ledger.facts.accounts.items()
        for _, account in history[-1:] if account.merged_into
    }  # fmt: skip
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=as_of, known_at=clock)
        found = bench.execute(
            """SELECT account_id, merged_into_id, merged_date FROM versions.account
               WHERE merged_into_id IS NOT NULL AND NOT _deleted"""
        ).fetchall()
    assert planted
    assert set(found) == planted


FIRST, LATER = datetime(2026, 9, 1, 5, tzinfo=UTC), datetime(2026, 10, 1, 5, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path):
    """`put` appends records of an entity at an instant, `core` conforms one table."""
    source = HubspotSource(vendor="hubspot")
    settings = Settings(home=tmp_path).model_copy(update={"sources": {"hubspot": source}})

    class Lake:
        def has_currency(self, currency: str) -> None:
            settings.sources["hubspot"] = source.model_copy(update={"currency": currency})

        def put(self, entity: str, *records: dict, at: datetime = FIRST) -> None:
            mapped = field_map(source.fields)[entity]
            batch = rows(hubspot.shape(mapped), payload_texts(list(records)), at=at, run_id="test")
            append(settings.lake, "hubspot", entity, batch, hi=at)

        def core(self, table: str, *columns: str) -> list[tuple]:
            with workbench(settings) as bench:
                conform(bench, settings, policy(), as_of=LATER.date(), known_at=LATER)
                return bench.execute(f"SELECT {', '.join(columns)} FROM versions.{table} ORDER BY ALL").fetchall()

    return Lake()


def record(key: str, updated: str = "2026-08-20T22:30:00.000Z", **properties) -> dict:
    return {"id": key, "updated_at": updated, "archived": False, "properties": properties}


def link(source: str, target: str, is_primary: bool = False) -> dict:
    return {"id": f"{source}:{target}", "from_id": source, "to_id": target, "is_primary": is_primary}


def line_item(key: str, term: str | None = "P12M", **more) -> dict:
    usual = {"name": "Platform", "recurringbillingfrequency": "monthly", "hs_recurring_billing_period": term,
             "hs_recurring_billing_start_date": "2026-01-31", "hs_tcv": "1200.005",
             "hs_line_item_currency_code": "USD"}  # fmt: skip
    return record(key, **usual | more)


def won(key: str, **more) -> dict:
    return record(key, **{"hs_is_closed": "true", "hs_is_closed_won": "true", "dealstage": "won", **more})


def test_a_recurring_line_of_a_won_deal_is_a_subscription_of_its_buyer(lake):
    lake.put("deal", won("7"), won("8", hs_is_closed_won="false"))
    lake.put("deal_company", link("7", "1001"), link("7", "1002", is_primary=True), link("8", "1001"))
    sold_once = record("33", name="Training", hs_tcv="500", hs_line_item_currency_code="USD")
    lake.put("line_item", line_item("31"), line_item("32"), sold_once)
    lake.put("line_item_deal", link("31", "7"), link("32", "8"), link("33", "7"))
    columns = ("subscription_id", "account_id", "contract_id", "amount_minor", "start_date", "end_date")
    assert lake.core("subscription", *columns) == [
        ("hubspot:31", "hubspot:1002", "hubspot:7", 120000, date(2026, 1, 31), date(2027, 1, 31))  # 1200.005, half-even
    ]


@pytest.mark.parametrize(
    ("term", "end"),
    [
        ("P1M", date(2026, 2, 28)),
        ("P1Y2M3D", date(2027, 4, 3)),
        ("P400D", date(2027, 3, 7)),
        ("P2W", date(2026, 2, 14)),
        ("twelve months", None),
        (None, None),
    ],
)
def test_a_term_is_an_iso_8601_period(lake, term, end):
    lake.put("deal", won("7"))
    lake.put("deal_company", link("7", "1001"))
    lake.put("line_item", line_item("31", term))
    lake.put("line_item_deal", link("31", "7"))
    assert lake.core("subscription", "term_end_date") == [(end,)]


def test_a_line_ends_early_and_its_renewal_may_be_lost(lake):
    lake.put("deal", won("7"), won("9", hs_is_closed_won="false", renewed_deal_id="7"))
    lake.put("deal_company", link("7", "1001"), link("9", "1001"))
    lake.put("line_item", line_item("31", terminated_date="2026-05-01", cancel_notice_date="2026-04-02"))
    lake.put("line_item_deal", link("31", "7"))
    columns = ("end_date", "term_end_date", "cancel_notice_date", "is_renewal_lost")
    assert lake.core("subscription", *columns) == [(date(2026, 5, 1), date(2027, 1, 31), date(2026, 4, 2), True)]


def test_a_deal_is_an_opportunity_with_its_stages_label(lake):
    lake.put("deal_stage", {"id": "won", "label": "Closed won", "pipeline_id": "default"})
    lake.put("deal", won("7", dealname="Rollout", closedate="2026-06-30T23:30:00Z", amount="10.125",
                         deal_currency_code="USD"))  # fmt: skip
    lake.put("deal_company", link("7", "1001", is_primary=True))
    columns = ("account_id", "stage", "is_won", "close_date", "amount_minor")
    assert lake.core("opportunity", *columns) == [
        ("hubspot:1001", "Closed won", True, date(2026, 7, 1), 1012)  # summer time in London; half-even
    ]


def test_a_chain_of_merges_hands_a_deal_to_the_last_winner(lake):
    lake.put("company", record("1", name="A"), record("2", name="B"), record("3", name="C"))
    lake.put("deal", won("7"))
    lake.put("deal_company", link("7", "1", is_primary=True))
    lake.put("company", record("2", "2026-09-10T09:00:00.000Z", name="B", hs_merged_object_ids="1"), at=LATER)
    lake.put("company", record("3", "2026-09-20T09:00:00.000Z", name="C", hs_merged_object_ids="2"), at=LATER)
    assert lake.core("opportunity", "account_id") == [("hubspot:3",)]


@pytest.mark.parametrize(
    ("line", "deal", "portal", "currency", "minor"),
    [
        ("EUR", "GBP", "USD", "EUR", 120000),
        (None, "JPY", "USD", "JPY", 1200),  # yen have no hundredths
        ("", None, "USD", "USD", 120000),
        (None, None, "", None, 120000),  # held back: it needs one
    ],
)
def test_an_amount_is_in_its_own_currency_else_its_deals_else_the_portals(lake, line, deal, portal, currency, minor):
    lake.has_currency(portal)
    lake.put("deal", won("7", deal_currency_code=deal))
    lake.put("deal_company", link("7", "1001"))
    lake.put("line_item", line_item("31", hs_line_item_currency_code=line))
    lake.put("line_item_deal", link("31", "7"))
    assert lake.core("subscription", "currency", "amount_minor") == [(currency, minor)]


def test_a_merged_deals_lines_are_those_of_the_deal_it_went_into(lake):
    lake.put(
        "deal", won("7"), won("8", hs_merged_object_ids="7"), won("9", hs_is_closed_won="false", renewed_deal_id="7")
    )
    lake.put("deal_company", link("8", "1001", is_primary=True))
    lake.put("deal", {**won("7"), "archived": True}, at=LATER)
    lake.put("line_item", line_item("31"))
    lake.put("line_item_deal", link("31", "7"))
    columns = ("account_id", "contract_id", "is_renewal_lost")
    assert lake.core("subscription", *columns) == [("hubspot:1001", "hubspot:8", True)]


def test_a_ticket_is_of_its_primary_company_and_its_pipelines_team(lake):
    lake.put("company", record("1001"), record("1002", hs_merged_object_ids="1003"))
    lake.put("ticket_pipeline", {"id": "0", "label": "Customer Success", "updated_at": "2026-08-20T22:30:00.000Z"})
    made = {"hs_pipeline": "0", "hs_ticket_category": "PRODUCT_ISSUE", "createdate": "2026-08-19T23:30:00.000Z"}
    answered = {"first_agent_reply_date": "2026-08-20T01:30:00.000Z", "closed_date": "2026-08-21T09:00:00.000Z"}
    lake.put("ticket", record("51", **made, **answered), record("52", **made, escalated_at="2026-08-20T09:00:00.000Z"))
    lake.put("ticket_company", link("51", "1001"), link("51", "1003", is_primary=True))
    days = ("opened_date", "escalated_date", "replied_date", "closed_date")
    made_on = date(2026, 8, 20)  # summer time in London
    assert lake.core("ticket", "ticket_id", "account_id", "request_type", "team", "reply_seconds", *days) == [
        ("hubspot:51", "hubspot:1002", "PRODUCT_ISSUE", "Customer Success", 7200, made_on, None, made_on,
         date(2026, 8, 21)),
        ("hubspot:52", None, "PRODUCT_ISSUE", "Customer Success", None, made_on, made_on, None, None),
    ]  # fmt: skip


def test_the_days_data_is_as_old_as_the_oldest_of_what_feeds_it(company):
    _, _, settings = company
    clock, _ = DEMO_DAYS[-1]
    reached = clock - timedelta(minutes=5)
    assert data_as_of(settings, clock) == {"hubspot": reached}
    assert pulled_at(settings, clock) == dict.fromkeys(("account", "opportunity", "subscription", "ticket"), reached)
