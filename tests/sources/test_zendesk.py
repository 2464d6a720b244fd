"""Zendesk's records land: the export to its end of stream, deletions, custom fields, ratings, customers and teams."""

import json
from datetime import timedelta

import pytest

from config.settings import Settings
from sandbox.faults import Fault
from tasks.errors import AuthError, ConfigError, ContractError, QuotaError
from tasks.lake.places import is_held
from tasks.lake.read import cursor
from tasks.sources.check import check
from tests.sources.zendesk_account import DAY, MINUTE, NOW, as_zendesk, put, ticket, tickets, titles

ALL = {str(number) for number in range(1, 251)}


@pytest.fixture
def bench(company, serve, monkeypatch):
    """`bench(faults)` serves the company and reads it as Zendesk, in pages of a hundred tickets."""
    titles(company)

    def start(*faults):
        opened = as_zendesk(serve(), monkeypatch)
        opened.servers.set_faults(*faults)
        return opened.with_source("zendesk", export_page_size=100)

    return start


def test_a_ticket_lands_with_what_is_mapped_and_nothing_else(company, bench):
    ticket(company, 5, custom_fields=[{"id": 11, "value": "training"}, {"id": 12, "value": "2026-08-25"},
                                      {"id": 13, "value": "private"}])  # fmt: skip
    baton = bench()
    pulled = baton.pull("zendesk", "ticket")
    assert (pulled.rows_read, pulled.vendor_count) == (3, 1)  # two of its custom fields are mapped
    row = baton.held("zendesk", "ticket")["5"]
    assert (row["organization_id"], row["group_id"], row["ticket_type"], row["status"]) == (
        "7",
        "3",
        "incident",
        "open",
    )
    assert (row["reply_minutes"], row["opened_at"], row["_updated_at"]) == (90, NOW - 9 * DAY, NOW - 9 * DAY)
    values = baton.held("zendesk", "ticket_field_value")
    assert {(value["name"], value["value"]) for value in values.values()} == {
        ("Request type", "training"),
        ("Escalated on", "2026-08-25"),
    }
    assert "private" not in json.dumps([row["payload"], *(value["payload"] for value in values.values())])
    assert cursor(baton.settings.lake, "zendesk", "ticket") == NOW - 5 * MINUTE


def test_the_export_is_followed_to_its_end_and_a_second_pull_changes_nothing(company, bench):
    tickets(company, 250)  # all of one second: ties across three pages
    baton = bench()
    assert baton.pull("zendesk", "ticket").appended == 250
    assert baton.live("zendesk", "ticket") == ALL
    again = baton.pull("zendesk", "ticket")
    assert (again.appended, again.deleted) == (0, 0)


def test_only_changes_are_read_later(company, bench):
    tickets(company, 5)
    ticket(company, 2, NOW + MINUTE, status="solved")
    baton = bench()
    baton.pull("zendesk", "ticket")
    pulled = baton.at(NOW + DAY).pull("zendesk", "ticket")
    assert (pulled.rows_read, pulled.appended) == (1, 1)
    assert baton.held("zendesk", "ticket")["2"]["status"] == "solved"


def test_a_change_that_moves_no_stamp_is_exported_all_the_same(company, bench):
    ticket(company, 1)
    ticket(company, 1, NOW + MINUTE, updated=NOW - 9 * DAY, group_id=4)
    baton = bench()
    baton.pull("zendesk", "ticket")
    baton.at(NOW + DAY).pull("zendesk", "ticket")
    assert baton.held("zendesk", "ticket")["1"]["group_id"] == "4"


def test_a_window_ends_where_the_next_one_begins(company, bench):
    hi = NOW - 5 * MINUTE
    ticket(company, 1, hi - timedelta(seconds=1))
    ticket(company, 2, hi)
    baton = bench()
    baton.pull("zendesk", "ticket")
    assert baton.live("zendesk", "ticket") == {"1"}
    baton.at(NOW + DAY).pull("zendesk", "ticket")
    assert baton.live("zendesk", "ticket") == {"1", "2"}


def test_a_deleted_ticket_comes_with_the_export(company, bench):
    tickets(company, 3)
    ticket(company, 2, NOW + MINUTE, deletion="soft")
    baton = bench()
    baton.pull("zendesk", "ticket")
    baton.at(NOW + DAY).pull("zendesk", "ticket")
    assert baton.live("zendesk", "ticket") == {"1", "3"}


def test_a_custom_field_that_is_emptied_is_empty(company, bench):
    ticket(company, 1, custom_fields=[{"id": 12, "value": "2026-08-25"}])
    ticket(company, 1, NOW + MINUTE, custom_fields=[{"id": 12, "value": None}])
    baton = bench()
    baton.pull("zendesk", "ticket")
    baton.at(NOW + DAY).pull("zendesk", "ticket")
    assert baton.held("zendesk", "ticket_field_value")["1:12"]["value"] is None


def test_customers_and_teams_are_read_whole(company, bench):
    for key in range(1, 131):
        put(company, "organizations", key, name=f"Customer {key}", external_id=f"001{key}", group_id=3)
    put(company, "organizations", 130, NOW + MINUTE, deletion="hard")
    put(company, "groups", 3, name="Support")
    baton = bench()
    assert baton.pull("zendesk", "organization").pages == 2 + 1  # and one to look for the mapped attributes
    baton.pull("zendesk", "team")
    row = baton.held("zendesk", "organization")["1"]
    assert (row["name"], row["account_ref"], row["group_id"]) == ("Customer 1", "0011", "3")
    assert baton.held("zendesk", "team")["3"]["name"] == "Support"
    baton.at(NOW + DAY).pull("zendesk", "organization")
    assert len(baton.live("zendesk", "organization")) == 129


def test_a_rating_may_change_for_some_days(company, bench):
    put(company, "satisfaction_ratings", 1, ticket_id=5, score="offered", comment="private")
    put(company, "satisfaction_ratings", 1, NOW + MINUTE, ticket_id=5, score="bad", comment="private")
    baton = bench()
    baton.pull("zendesk", "rating")
    baton.at(NOW + DAY).pull("zendesk", "rating")
    row = baton.held("zendesk", "rating")["1"]
    assert (row["ticket_id"], row["score"], row["rated_at"]) == ("5", "bad", NOW + MINUTE)
    assert "private" not in row["payload"]
    late = baton.at(NOW + 40 * DAY).with_source("zendesk", rating_days=0).pull("zendesk", "rating")
    assert late.rows_read == 0


def test_what_the_pull_may_ask_of_a_vendor_is_answered(company, bench):
    from tasks.sources import zendesk
    from tasks.sources.link import linked

    tickets(company, 3)
    ticket(company, 2, NOW - DAY, deletion="soft")
    baton = bench()
    with linked("zendesk", baton.settings) as (_, link):
        entity = link.fields["ticket"]
        assert zendesk.count(link, entity, NOW) == 2
        assert zendesk.ids(link, entity) == {"1", "3"}
        assert zendesk.stamped_since(link, entity, NOW - 2 * DAY) == {"2"}
        assert set(zendesk.fetch(link, entity, ["3", "99"]).records) == {"3"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("rate_limit", "zendesk", seconds=0, every=2, times=3),
        Fault("rate_limit_silent", "zendesk", every=2, times=3),
        Fault("server_error", "zendesk", every=2, times=3, status=500),
        Fault("server_error", "zendesk", status=503, is_html=True),
        Fault("broken_body", "zendesk", after=1),
        Fault("truncated_body", "zendesk", after=1),
        Fault("duplicate_rows", "zendesk", path="/incremental/", times=2),
    ],
    ids=lambda fault: f"{fault.name}-{fault.status}",
)
def test_a_fault_that_passes_leaves_no_trace(company, bench, fault):
    tickets(company, 250)
    baton = bench(fault)
    assert baton.pull("zendesk", "ticket").appended == 250
    assert baton.live("zendesk", "ticket") == ALL
    assert [switch["fired"] for switch in baton.servers.faults.counts()] == [fault.times or 1]


def test_the_export_waits_as_long_as_a_429_says(company, bench):
    tickets(company, 3)
    baton = bench(Fault("rate_limit", "zendesk", path="/incremental/", seconds=42))
    baton.pull("zendesk", "ticket")
    assert 42 <= max(baton.slept) <= 43


def test_a_wait_beyond_the_deadline_ends_the_pull_with_words(company, bench):
    with pytest.raises(QuotaError, match="longer than BATON_SOURCES__ZENDESK__DEADLINE_SECONDS"):
        bench(Fault("rate_limit", "zendesk", seconds=7200)).pull("zendesk", "ticket")


def test_tickets_that_change_while_they_are_read_come_again_and_are_left_to_the_next_pull(company, bench):
    tickets(company, 250)
    baton = bench(Fault("moving_rows", "zendesk", rows=5))
    assert baton.pull("zendesk", "ticket").appended == 245  # five changed after the window's end
    baton.at(NOW + DAY).pull("zendesk", "ticket")
    assert baton.live("zendesk", "ticket") == ALL


def test_a_stream_that_neither_ends_nor_moves_is_refused(company, bench):
    tickets(company, 250)
    baton = bench(Fault("endless_stream", "zendesk", times=99))
    with pytest.raises(ContractError, match="without an end and without a new cursor"):
        baton.pull("zendesk", "ticket")
    assert not is_held(baton.settings.lake, "zendesk", "ticket")


def test_an_oauth_token_serves_in_place_of_the_api_token(company, bench, monkeypatch):
    tickets(company, 3)
    baton = bench()
    monkeypatch.setenv("BATON_SOURCES__ZENDESK__OAUTH_TOKEN", baton.servers.desk_token)
    monkeypatch.setenv("BATON_SOURCES__ZENDESK__API_TOKEN", "wrong")
    baton.settings = Settings(home=baton.settings.home)
    assert baton.pull("zendesk", "ticket").appended == 3


def test_wrong_credentials_and_none_say_what_to_set(bench, monkeypatch):
    baton = bench()
    for token, error, words in (
        ("wrong", AuthError, r"401 twice: BATON_SOURCES__ZENDESK__OAUTH_TOKEN, or BATON_SOURCES__ZENDESK__EMAIL with"),
        ("", ConfigError, "BATON_SOURCES__ZENDESK__API_TOKEN is not set"),
    ):
        monkeypatch.setenv("BATON_SOURCES__ZENDESK__API_TOKEN", token)
        baton.settings = Settings(home=baton.settings.home)
        with pytest.raises(error, match=words):
            baton.pull("zendesk", "team")


def test_a_user_who_is_no_administrator_is_named(company, bench):
    baton = bench(Fault("denied_scope", "zendesk", path="/incremental/"))
    with pytest.raises(AuthError, match=r"403 to .*cursor\.json: give the user behind .*administrator"):
        baton.pull("zendesk", "ticket")


def test_a_field_that_is_not_there_stops_its_entity_only(company, serve, monkeypatch):
    titles(company, "Escalated on")
    tickets(company, 3)
    put(company, "groups", 3, name="Support")
    baton = as_zendesk(serve(), monkeypatch)
    with pytest.raises(ConfigError, match=r"zendesk shows no tickets\.Escalated on, which config/fields/zendesk.yaml"):
        baton.pull("zendesk", "ticket")
    baton.servers.set_faults("missing_field:vendor=zendesk,object=groups,field=name")
    with pytest.raises(ConfigError, match=r"zendesk shows no groups\.name"):
        baton.pull("zendesk", "team")
    baton.servers.set_faults()
    assert baton.pull("zendesk", "team").appended == 1


def test_the_doctor_says_who_one_is_and_that_all_fields_are_there(company, bench):
    tickets(company, 1)
    found = check("zendesk", bench().settings)
    assert [(one.subject, one.is_ok) for one in found] == [
        ("zendesk: login", True),
        ("zendesk: ticket", True),
        ("zendesk: rating", True),
        ("zendesk: organization", True),
        ("zendesk: team", True),
    ]
    assert found[0].message == "accepted, as admin"


def test_the_doctor_names_a_wrong_address(bench, monkeypatch):
    baton = bench()
    url = baton.servers.zendesk_url.replace("/api/v2", "/api/v2/nowhere")
    (found,) = check("zendesk", baton.with_source("zendesk", url=url).settings)
    assert not found.is_ok
    assert "404 (RecordNotFound)" in found.message and "BATON_SOURCES__ZENDESK__URL" in found.message
