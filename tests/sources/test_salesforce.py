from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sandbox import describe
from sandbox.faults import Fault
from tasks.errors import AuthError, BatonError, ConfigError, ContractError, QuotaError
from tasks.lake.read import cursor
from tasks.sources.check import check, missing_fields
from tasks.sources.pull import entities
from tasks.sources.vendor import Window

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def account(company, number, at=NOW - 9 * DAY, **record):
    given = {"Name": f"Account {number}", "CurrencyIsoCode": "USD"}
    company.crm("Account", f"001RO{number:010d}AAA", at, **{**given, **record})


def key(number):
    return f"001RO{number:010d}AAA"


def test_a_row_lands_with_its_columns(company, serve):
    company.crm("SBQQ__Subscription__c", "a0X000000000001AAA", SBQQ__NetPrice__c=1234.56, SBQQ__Quantity__c=2.0,
                SBQQ__StartDate__c="2026-01-01", SBQQ__EndDate__c="2026-12-31", CurrencyIsoCode="EUR")  # fmt: skip
    bench = serve()
    pulled = bench.pull("salesforce", "subscription")
    assert (pulled.rows_read, pulled.appended, pulled.vendor_count) == (1, 1, 1)
    row = bench.held("salesforce", "subscription")["a0X000000000001AAA"]
    assert (row["net_price"], row["quantity"]) == (Decimal("1234.56"), Decimal(2))
    assert (row["start_date"].isoformat(), row["last_date"].isoformat()) == ("2026-01-01", "2026-12-31")
    assert (row["_updated_at"], row["_deleted"]) == (NOW - 9 * DAY, False)
    assert cursor(bench.settings.lake, "salesforce", "subscription") == NOW - 5 * MINUTE


def test_pages_ties_and_a_second_pull_that_changes_nothing(company, serve):
    for number in range(450):
        account(company, number)
    bench = serve().with_source("salesforce", page_size=200)
    assert bench.pull("salesforce", "account").pages == 3  # 200, a short page, the rest
    assert len(bench.live("salesforce", "account")) == 450
    again = bench.pull("salesforce", "account")
    assert (again.appended, again.deleted) == (0, 0)


def test_soft_deletes_undeletes_and_merges_come_with_their_window(company, serve):
    for number in (1, 2, 3):
        account(company, number)
    account(company, 2, NOW + MINUTE, IsDeleted=True)
    account(company, 3, NOW + MINUTE, IsDeleted=True, MasterRecordId=key(1))
    account(company, 2, NOW + DAY + MINUTE)
    bench = serve()
    bench.pull("salesforce", "account")
    assert bench.at(NOW + DAY).pull("salesforce", "account").deleted == 2
    assert bench.live("salesforce", "account") == {key(1)}
    assert bench.held("salesforce", "account")[key(3)]["master_id"] == key(1)
    bench.at(NOW + 2 * DAY).pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(1), key(2)}


def test_a_purged_row_is_found_by_the_count(company, serve):
    for number in range(10):
        account(company, number)
    company.crm_gone("Account", key(4), NOW + MINUTE)
    account(company, 5, NOW + DAY - MINUTE, Name="Renamed inside the lag")
    bench = serve()
    bench.pull("salesforce", "account")
    bench.at(NOW + DAY).pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(number) for number in range(10) if number != 4}


def test_a_late_row_is_found_by_the_overlap_or_by_the_count(company, serve):
    account(company, 1, NOW - 8 * MINUTE, visible=NOW + 2 * MINUTE)
    account(company, 2, NOW - 3 * DAY, visible=NOW + 2 * MINUTE)
    bench = serve()
    assert bench.pull("salesforce", "account").rows_read == 0
    bench.at(NOW + DAY).pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(1), key(2)}


def test_a_window_can_be_read_again_without_moving_the_cursor(company, serve):
    account(company, 1)
    bench = serve()
    bench.pull("salesforce", "account")
    window = Window(NOW - 20 * DAY, NOW - 5 * DAY)
    pulled = bench.pull("salesforce", "account", window=window)
    assert (pulled.rows_read, pulled.unchanged) == (1, 1)
    assert cursor(bench.settings.lake, "salesforce", "account") == NOW - 5 * MINUTE


def test_a_clock_before_the_cursor_reads_nothing(company, serve):
    account(company, 1)
    bench = serve(NOW + DAY)
    bench.pull("salesforce", "account")
    assert bench.at(NOW).pull("salesforce", "account").requests == 0


TRANSIENT = (
    "rate_limit:seconds=1", "server_error:is_html=true", "server_error:status=406", "server_error:status=420",
    "broken_body:path=/query", "truncated_body:path=/query", "expired_token", "locator_lost", "concurrency_limit",
    "query_timeout:over=300,times=2", "moving_rows", "duplicate_rows", "server_error:path=oauth2",
)  # fmt: skip


@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_row_arrives_whatever_the_vendor_does(company, serve, fault):
    for number in range(500):
        account(company, number, NOW - 9 * DAY + number * timedelta(minutes=20))
    bench = serve(faults=[f"{fault}{',' if ':' in fault else ':'}vendor=salesforce"])
    bench.with_source("salesforce", page_size=200).pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(number) for number in range(500)}
    assert bench.servers.faults.counts()[0]["fired"] >= 1


def test_an_expired_session_is_renewed_once_per_request(company, serve):
    bench = serve(faults=[Fault("expired_token", vendor="salesforce", path="/queryAll", times=5)])
    with pytest.raises(AuthError, match="even with a fresh token"):
        bench.pull("salesforce", "account")


def test_the_days_limit_ends_the_pull_without_waiting(company, serve):
    bench = serve(faults=["daily_limit:vendor=salesforce"])
    with pytest.raises(QuotaError, match="24 hours is used up"):
        bench.pull("salesforce", "account")
    assert bench.slept == []


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("CLIENT_SECRET", AuthError, "BATON_SOURCES__SALESFORCE__CLIENT_SECRET"),
        ("CLIENT_ID", AuthError, "BATON_SOURCES__SALESFORCE__CLIENT_ID is wrong"),
    ],
)
def test_wrong_credentials_name_their_setting_and_not_themselves(serve, monkeypatch, name, error, message):
    bench = serve()
    monkeypatch.setenv(f"BATON_SOURCES__SALESFORCE__{name}", "tell-nobody")
    bench = type(bench)(bench.servers, type(bench.settings)(home=bench.settings.home))
    with pytest.raises(error, match=message) as caught:
        bench.pull("salesforce", "account")
    assert "tell-nobody" not in str(caught.value)


def test_missing_credentials_are_a_setting_to_set(serve, monkeypatch):
    bench = serve()
    monkeypatch.delenv("BATON_SOURCES__SALESFORCE__CLIENT_SECRET")
    bench = type(bench)(bench.servers, type(bench.settings)(home=bench.settings.home))
    with pytest.raises(ConfigError, match="BATON_SOURCES__SALESFORCE__CLIENT_SECRET is not set"):
        bench.pull("salesforce", "account")


def test_a_missing_field_stops_only_its_entity(company, serve):
    account(company, 1)
    company.crm("Opportunity", "006000000000001AAA", Name="Deal")
    bench = serve(faults=[Fault("missing_field", vendor="salesforce", object="Account", field="Segment__c")])
    with pytest.raises(ConfigError, match=r"no Account\.Segment__c, which config/fields/salesforce\.yaml maps"):
        bench.pull("salesforce", "account")
    assert missing_fields("salesforce", "account", bench.settings) == ("Account.Segment__c",)
    assert bench.pull("salesforce", "opportunity").appended == 1


def test_rows_that_never_add_up_are_not_kept(company, serve, monkeypatch):
    account(company, 1)
    bench = serve()
    from tasks.sources.client import Client

    honest = Client.get

    def short(self, path, params=None, headers=None):
        page = honest(self, path, params, headers)
        return {**page, "totalSize": 9} if "queryAll" in path else page

    monkeypatch.setattr(Client, "get", short)
    with pytest.raises(ContractError, match="did not return the rows it counted"):
        bench.pull("salesforce", "account")
    assert cursor(bench.settings.lake, "salesforce", "account") is None


def test_the_doctor_tells_what_works_and_what_does_not(company, serve):
    account(company, 1)
    company.crm("Opportunity", "006000000000001AAA", Name="Deal")
    company.crm("SBQQ__Subscription__c", "a0X000000000001AAA")
    bench = serve(faults=[Fault("missing_field", vendor="salesforce", object="Account", field="Segment__c")])
    found = {one.subject: one for one in check("salesforce", bench.settings)}
    assert found["salesforce: login"].is_ok
    assert found["salesforce: api version"].is_ok
    assert not found["salesforce: account"].is_ok
    assert "Account.Segment__c" in found["salesforce: account"].message
    assert found["salesforce: opportunity"].is_ok
    old = check("salesforce", bench.with_source("salesforce", api_version="99.0").settings)
    assert [one.is_ok for one in old] == [False]
    assert "BATON_SOURCES__SALESFORCE__API_VERSION" in old[0].message


def test_entities_come_in_the_maps_order(serve):
    assert entities("salesforce", serve().settings) == (
        "account",
        "opportunity",
        "subscription",
        "handoff",
        "support_case",
        "escalation_route",
        "kickoff",
        "debrief",
        "closeout",
        "deliverable",
        "checklist_item",
        "promise",
        "success_plan",
        "commission",
        "account_team",
        "event",
        "event_relation",
        "email",
        "email_relation",
    )


def test_an_unknown_instance_or_entity_says_which_there_are(serve):
    bench = serve()
    with pytest.raises(ConfigError, match=r"No source hubspot is configured.*salesforce"):
        bench.pull("hubspot", "deal")
    with pytest.raises(ConfigError, match="maps no entity deal: it has account"):
        bench.pull("salesforce", "deal")
    with pytest.raises(ConfigError, match=r"invoice_item comes with invoice: pull that"):
        bench.pull("kantata", "invoice_item")


def test_what_is_older_than_since_is_neither_read_nor_missed(company, serve):
    account(company, 1, NOW - 100 * DAY)
    account(company, 2, NOW - 10 * DAY)
    bench = serve().with_source("salesforce", since=NOW - 50 * DAY)
    bench.pull("salesforce", "account")
    bench.pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(2)}


@pytest.fixture
def without_handoffs(monkeypatch):
    """An org that has no handoff object."""
    known = describe.mapped()
    monkeypatch.setattr(describe, "mapped", lambda: {name: known[name] for name in known if name != "Handoff__c"})


def test_an_optional_object_that_the_org_never_had_is_left_out(serve, without_handoffs):
    bench = serve()
    assert bench.pull("salesforce", "handoff").rows_read == 0
    assert cursor(bench.settings.lake, "salesforce", "handoff") is None
    said = {one.subject: (one.is_ok, one.message) for one in check("salesforce", bench.settings)}
    assert said["salesforce: handoff"] == (True, "the source has no Handoff__c: what is built on it is unknown")


def test_an_optional_object_that_vanishes_stops_its_entity(company, serve, monkeypatch):
    bench = serve()
    bench.pull("salesforce", "handoff")
    known = describe.mapped()
    monkeypatch.setattr(describe, "mapped", lambda: {name: known[name] for name in known if name != "Handoff__c"})
    with pytest.raises(BatonError, match="NOT_FOUND"):
        bench.at(NOW + DAY).pull("salesforce", "handoff")
