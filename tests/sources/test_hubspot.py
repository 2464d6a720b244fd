"""HubSpot over HTTP: what lands of a portal, and what a person is told when it does not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import yaml

from config.settings import ROOT
from sandbox.faults import Fault
from tasks.errors import AuthError, BatonError, ConfigError, QuotaError
from tasks.lake.read import cursor
from tasks.sources.check import check
from tasks.sources.link import linked
from tasks.sources.pull import entities
from tasks.sources.vendor import Window

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def portal(serve):
    """`portal()` starts the servers with the portal among Baton's sources."""
    return lambda **given: serve(with_hubspot=True, **given)


def company_(company, number, at=NOW - 9 * DAY, **values):
    company.portal("companies", str(1000 + number), at, **{"name": f"Company {number}", **values})


def keys(*numbers):
    return {str(1000 + number) for number in numbers}


def test_a_deal_lands_with_its_columns_and_its_companies(company, portal):
    company_(company, 1)
    company.portal("deals", "7", dealname="Rollout", amount="1234.56", closedate="2026-08-03T09:30:00Z",
                   hs_is_closed="true", hs_is_closed_won="true", deal_currency_code="EUR",
                   dealstage="closedwon")  # fmt: skip
    company.partner("deals", "7", "companies", "1001", 5, 341)
    bench = portal()
    pulled = bench.pull("hubspot", "deal")
    assert (pulled.rows_read, pulled.appended, pulled.vendor_count) == (2, 2, 1)  # the deal and its partner
    row = bench.held("hubspot", "deal")["7"]
    assert (row["amount"], row["currency"], row["is_won"]) == (Decimal("1234.56"), "EUR", True)
    assert row["close_at"] == datetime(2026, 8, 3, 9, 30, tzinfo=UTC)
    assert (row["_updated_at"], row["_deleted"], row["_unreadable"]) == (NOW - 9 * DAY, False, None)
    partner = bench.held("hubspot", "deal_company")["7:1001"]
    assert (partner["deal_id"], partner["company_id"], partner["is_primary"]) == ("7", "1001", True)
    assert cursor(bench.settings.lake, "hubspot", "deal") == NOW - 5 * MINUTE


def test_a_line_item_a_stage_and_an_owner_land(company, portal):
    company.portal("line_items", "31", name="Platform", hs_tcv="1200.005", recurringbillingfrequency="monthly",
                   hs_recurring_billing_period="P12M", hs_recurring_billing_start_date="2026-01-01")  # fmt: skip
    company.partner("line_items", "31", "deals", "7", 20)
    company.settle_portal()
    bench = portal()
    for entity in ("line_item", "deal_pipeline", "owner"):
        bench.pull("hubspot", entity)
    line = bench.held("hubspot", "line_item")["31"]
    assert (line["total_value"], line["term"], line["start_date"]) == (Decimal("1200.005"), "P12M", date(2026, 1, 1))
    assert bench.held("hubspot", "line_item_deal")["31:7"]["deal_id"] == "7"
    stage = bench.held("hubspot", "deal_stage")["closedwon"]
    assert (stage["label"], stage["probability"], stage["pipeline_id"]) == ("Closed won", Decimal(1), "default")
    assert {key: row["_deleted"] for key, row in bench.held("hubspot", "owner").items()} == {"129": False, "130": True}


def test_the_first_load_is_a_list_and_the_next_ones_are_searches(company, portal):
    for number in range(250):
        company_(company, number)
    company_(company, 7, NOW + HOUR, name="Renamed")
    bench = portal()
    first = bench.pull("hubspot", "company")
    assert (first.pages, first.vendor_count) == (4, 250)  # three of the list, one of what is archived
    assert bench.live("hubspot", "company") == keys(*range(250))
    second = bench.at(NOW + DAY).pull("hubspot", "company")
    assert (second.rows_read, second.appended, second.vendor_count) == (1, 1, 1)
    assert bench.held("hubspot", "company")["1007"]["name"] == "Renamed"
    again = bench.pull("hubspot", "company")
    assert (again.appended, again.deleted) == (0, 0)


def test_a_touch_alone_is_no_new_version(company, portal):
    company_(company, 1)
    company_(company, 1, NOW + HOUR, createdate=f"{NOW - 9 * DAY:%Y-%m-%dT%H:%M:%S}.000Z")
    bench = portal()
    bench.pull("hubspot", "company")
    second = bench.at(NOW + DAY).pull("hubspot", "company")
    assert (second.rows_read, second.appended, second.unchanged) == (1, 0, 1)


def test_an_archived_record_is_deleted_and_a_restored_one_is_back(company, portal):
    for number in (1, 2):
        company_(company, number)
    company.portal_gone("companies", "1002", NOW + HOUR)
    company_(company, 2, NOW - 9 * DAY, visible=NOW + DAY + HOUR)  # its stamp does not move
    bench = portal()
    bench.pull("hubspot", "company")
    assert bench.at(NOW + DAY).pull("hubspot", "company").deleted == 1
    assert bench.live("hubspot", "company") == keys(1)
    bench.at(NOW + 2 * DAY).pull("hubspot", "company")
    assert bench.live("hubspot", "company") == keys(1, 2)


def test_a_purged_record_is_found_by_the_count(company, portal):
    for number in range(10):
        company_(company, number)
    company.portal_gone("companies", "1004", NOW + HOUR, "hard")
    bench = portal()
    bench.pull("hubspot", "company")
    bench.at(NOW + DAY).pull("hubspot", "company")
    assert bench.live("hubspot", "company") == keys(*range(10)) - keys(4)


def test_a_merged_record_is_gone_and_its_winner_names_it(company, portal):
    for number in (1, 2, 3):
        company_(company, number)
    company_(company, 1, NOW + HOUR, hs_merged_object_ids="1002")
    company.portal_gone("companies", "1002", NOW + HOUR, "hard")
    bench = portal()
    bench.pull("hubspot", "company")
    bench.at(NOW + DAY).pull("hubspot", "company")
    assert bench.live("hubspot", "company") == keys(1, 3)
    assert bench.held("hubspot", "company")["1001"]["merged_ids"] == "1002"


def test_asked_for_a_merged_record_hubspot_gives_its_winner(company, portal):
    company_(company, 1, hs_merged_object_ids="1002")
    with linked("hubspot", portal().settings) as (vendor, line):
        reading = vendor.fetch(line, line.fields["company"], ["1002", "1003"])  # of 1003 it knows nothing
    assert set(reading.records) == keys(1)


def test_an_open_deals_new_partner_is_seen_though_it_stamps_nothing(company, portal):
    for number in (1, 2):
        company_(company, number)
    for key, is_closed in (("7", "false"), ("8", "true")):
        company.portal("deals", key, hs_is_closed=is_closed)
        company.partner("deals", key, "companies", "1001", 5, 341)
    company.partner_gone("deals", "7", "companies", "1001", NOW + HOUR)
    company.partner("deals", "7", "companies", "1002", 5, 341, at=NOW + HOUR)
    bench = portal()
    bench.pull("hubspot", "deal")
    assert bench.live("hubspot", "deal_company") == {"7:1001", "8:1001"}
    bench.at(NOW + DAY).pull("hubspot", "deal")
    assert bench.live("hubspot", "deal_company") == {"7:1002", "8:1001"}


def test_more_partners_than_fit_come_in_pages(company, portal):
    company.portal("deals", "7", hs_is_closed="false")
    company.portal("deals", "8", hs_is_closed="false")  # without any: an error among the results
    for number in range(1100):
        company.partner("deals", "7", "companies", str(2000 + number), 341)
    bench = portal()
    bench.pull("hubspot", "deal")
    assert len(bench.live("hubspot", "deal_company")) == 1100


def test_a_wrong_token_names_its_setting_and_not_itself(company, portal):
    bench = portal().with_source("hubspot", token=type(portal().settings.sources["hubspot"].token)("tell-nobody"))
    with pytest.raises(AuthError, match="BATON_SOURCES__HUBSPOT__TOKEN is wrong or was revoked") as caught:
        bench.pull("hubspot", "company")
    assert "tell-nobody" not in str(caught.value)
    assert bench.slept == []


def test_a_missing_token_is_a_setting_to_set(portal, monkeypatch):
    bench = portal()
    secret = type(bench.settings.sources["hubspot"].token)
    for value, words in (("", "is not set"), ("two words", "holds a blank")):
        with pytest.raises(ConfigError, match=f"BATON_SOURCES__HUBSPOT__TOKEN {words}"):
            bench.with_source("hubspot", token=secret(value)).pull("hubspot", "company")


def test_an_expired_token_says_so(portal):
    with pytest.raises(AuthError, match="TOKEN has expired"):
        portal(faults=["portal_token_expired"]).pull("hubspot", "company")


def test_a_missing_scope_is_named_and_stops_only_its_entity(company, portal):
    company_(company, 1)
    bench = portal(faults=["portal_scope:path=/deals"])
    with pytest.raises(ConfigError, match=r"lacks crm\.objects\.deals\.read: add it there") as caught:
        bench.pull("hubspot", "deal")
    assert not isinstance(caught.value, AuthError)  # which would stop the source's other entities
    assert bench.pull("hubspot", "company").appended == 1


def test_an_unknown_property_stops_its_entity(company, portal):
    company_(company, 1)
    bench = portal(faults=[Fault("missing_field", vendor="hubspot", object="companies", field="segment")])
    with pytest.raises(ConfigError, match=r"no companies\.segment, which config/fields/hubspot\.yaml maps"):
        bench.pull("hubspot", "company")


def test_the_days_limit_ends_the_pull_without_waiting(portal):
    bench = portal(faults=["portal_day_used"])
    with pytest.raises(QuotaError, match="requests of the day are used up"):
        bench.pull("hubspot", "company")
    assert bench.slept == []


def test_the_doctor_tells_what_works_and_what_does_not(company, portal):
    company_(company, 1)
    bench = portal(faults=[Fault("missing_field", vendor="hubspot", object="companies", field="segment"),
                           "portal_scope:path=/line_items", "portal_scope:path=/owners"])  # fmt: skip
    found = {one.subject: one for one in check("hubspot", bench.settings)}
    assert found["hubspot: token"].is_ok
    assert found["hubspot: daily requests"].message.endswith("of 650000 left")
    assert "companies.segment" in found["hubspot: company"].message
    assert not found["hubspot: company"].is_ok
    assert "crm.objects.line_items.read" in found["hubspot: line_item"].message
    assert not found["hubspot: owner"].is_ok
    assert found["hubspot: deal"].is_ok
    old = check("hubspot", bench.with_source("hubspot", api_version="2020-01").settings)
    assert not old[0].is_ok
    assert "BATON_SOURCES__HUBSPOT__API_VERSION" in old[0].message


def test_a_token_that_may_not_ask_for_its_usage_is_no_reason_to_stop(company, portal):
    bench = portal(faults=["portal_scope:path=/account-info"])
    found = {one.subject: one for one in check("hubspot", bench.settings)}
    assert "has_usage: false" in found["hubspot: daily requests"].message
    assert not found["hubspot: daily requests"].is_ok
    assert found["hubspot: company"].is_ok
    assert all(one.is_ok for one in check("hubspot", bench.with_source("hubspot", has_usage=False).settings))


def test_the_legacy_paths_give_the_same_records(company, portal):
    company_(company, 1)
    company.portal("deals", "7", hs_is_closed="false")
    company.partner("deals", "7", "companies", "1001", 5)
    company.settle_portal()
    bench = portal().with_source("hubspot", api_version="v3")
    for entity in entities("hubspot", bench.settings):
        bench.pull("hubspot", entity)
    assert bench.live("hubspot", "deal_company") == {"7:1001"}
    assert bench.live("hubspot", "owner") == {"129"}


def test_a_window_can_be_read_again_without_moving_the_cursor(company, portal):
    company_(company, 1)
    bench = portal()
    bench.pull("hubspot", "company")
    pulled = bench.pull("hubspot", "company", window=Window(NOW - 20 * DAY, NOW - 5 * DAY))
    assert (pulled.rows_read, pulled.unchanged) == (1, 1)
    assert cursor(bench.settings.lake, "hubspot", "company") == NOW - 5 * MINUTE


KINDS = {  # entity -> (kind, properties, the same as columns)
    "contact": (
        "contacts",
        {"email": "desk@example.com", "lifecyclestage": "customer", "hs_calculated_merged_vids": "12:1690000000000"},
        {"email": "desk@example.com", "lifecycle_stage": "customer", "merged_ids": "12:1690000000000"},
    ),
    "ticket": (
        "tickets",
        {"hs_pipeline_stage": "1", "hs_ticket_priority": "HIGH", "closed_date": "2026-08-30T10:00:00.000Z"},
        {"stage_id": "1", "priority": "HIGH", "closed_at": datetime(2026, 8, 30, 10, tzinfo=UTC)},
    ),
    "meeting": (
        "meetings",
        {"hs_meeting_start_time": "2026-08-30T10:00:00.500Z", "hs_meeting_outcome": "NO_SHOW"},
        {"start_at": datetime(2026, 8, 30, 10, 0, 0, 500_000, tzinfo=UTC), "outcome": "NO_SHOW"},
    ),
    "email": (
        "emails",
        {"hs_timestamp": "2026-08-30T10:00:00.000Z", "hs_email_direction": "INCOMING_EMAIL"},
        {"sent_at": datetime(2026, 8, 30, 10, tzinfo=UTC), "direction": "INCOMING_EMAIL"},
    ),
}


@pytest.mark.parametrize("entity", KINDS)
def test_every_other_kind_lands_with_its_companies_and_is_searched_by_its_own_stamp(company, portal, entity):
    kind, properties, columns = KINDS[entity]
    company.portal(kind, "51", **properties)
    company.portal(kind, "52", NOW + HOUR, **properties)
    company.partner(kind, "51", "companies", "1001", 1)
    bench = portal()
    bench.pull("hubspot", entity)
    held = bench.held("hubspot", entity)
    assert {name: held["51"][name] for name in columns} == columns
    assert bench.live("hubspot", f"{entity}_company") == {"51:1001"}
    assert bench.at(NOW + DAY).pull("hubspot", entity).vendor_count == 1
    assert bench.live("hubspot", entity) == {"51", "52"}


def mapped(bench, tmp_path, **changes):
    """The bench with another field map: entities of the shipped one, each with some keys changed."""
    shipped = yaml.safe_load((ROOT / "config/fields/hubspot.yaml").read_text())
    entities_ = {name: {**shipped["entities"][name], **keys_} for name, keys_ in changes.items()}
    file = tmp_path / "other.yaml"
    file.write_text(yaml.safe_dump({"entities": entities_}))
    return bench.with_source("hubspot", fields=file)


def test_a_stamp_of_another_kind_is_a_missing_property(company, portal, tmp_path):
    company.portal("contacts", "51")
    bench = mapped(portal(), tmp_path, contact={"cursor": "hs_lastmodifieddate"})
    with pytest.raises(ConfigError, match=r"no contacts\.hs_lastmodifieddate"):
        bench.pull("hubspot", "contact")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deal": {"params": {"reread": "hs_is_closed"}}}, "deal.params.reread is not property=value"),
        ({"deal": {"params": {"reread": "is_shut=false"}}}, r"no deals\.is_shut"),
        ({"deal": {}, "deal_company": {"params": {}}}, "gives deal_company no params.to"),
        ({"deal": {"object": "deels"}}, r"400 \(VALIDATION_ERROR\) to /crm/properties/2026-09/deels"),
    ],
)
def test_a_wrong_field_map_says_what_to_correct(company, portal, tmp_path, changes, words):
    company.portal("deals", "7", hs_is_closed="false")
    with pytest.raises(BatonError, match=words):
        mapped(portal(), tmp_path, **changes).pull("hubspot", "deal")
