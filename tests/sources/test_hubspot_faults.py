"""Whatever HubSpot does, the same records land: each of the portal's switches against a calm pull of the same world."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.faults import PORTAL
from tasks.errors import ContractError
from tasks.lake.read import cursor
from tasks.sources.client import Client
from tasks.sources.vendor import Window

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MANY = 130


@pytest.fixture
def grown(company, serve):
    """`grown(*faults)` starts a portal pulled once, to which many companies and a deal have come since.

    The faults are on during the second pull, which searches; small pages make it ask often.
    """
    company.portal("companies", "1", NOW - 9 * DAY)
    for number in range(MANY):
        company.portal("companies", str(1000 + number), NOW + HOUR + number * MINUTE, name=f"Company {number}")

    def start(*faults, **settings):
        bench = serve(with_hubspot=True).with_source("hubspot", search_page_size=20, page_size=20, **settings)
        bench.pull("hubspot", "company")
        bench.servers.set_faults(*faults)
        return bench.at(NOW + DAY)

    return start


ALL = {"1", *(str(1000 + number) for number in range(MANY))}
TRANSIENT = (
    "rate_limit:seconds=1", "rate_limit_silent", "search_limit:times=3", "server_error:status=502,is_html=true",
    "server_error:status=502,path=/search", "server_error:status=423", "server_error:status=530",
    "broken_body:path=/search", "truncated_body:path=/search", "timeout:seconds=0.1",
    "duplicate_rows:times=4", "unordered_search", "search_cap:over=40",
)  # fmt: skip


@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_record_arrives_whatever_the_portal_does(grown, fault):
    bench = grown(f"{fault}{',' if ':' in fault else ':'}vendor=hubspot", search_cap=40 if "cap" in fault else 10_000)
    bench.pull("hubspot", "company")
    assert bench.live("hubspot", "company") == ALL
    assert bench.servers.faults.counts()[0]["fired"] >= 1


@pytest.mark.parametrize(
    "fault", ["server_error:status=502", "rate_limit:seconds=1", "truncated_body", "duplicate_rows"]
)
def test_every_record_arrives_in_the_first_load(company, serve, fault):
    for number in range(MANY):
        company.portal("companies", str(1000 + number), name=f"Company {number}")
    bench = serve(with_hubspot=True, faults=[f"{fault}{',' if ':' in fault else ':'}vendor=hubspot,path=/companies"])
    bench.with_source("hubspot", page_size=20).pull("hubspot", "company")
    assert bench.live("hubspot", "company") == ALL - {"1"}
    assert bench.servers.faults.counts()[0]["fired"] >= 1


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [("rate_limit:seconds=7", 7), ("rate_limit_silent", 10), ("search_limit", 1)],
)
def test_a_limit_is_waited_out_as_long_as_its_policy_says(grown, fault, seconds):
    bench = grown(f"{fault}{',' if ':' in fault else ':'}vendor=hubspot,path=/search", searches_per_second=1000)
    bench.pull("hubspot", "company")
    assert bench.live("hubspot", "company") == ALL
    assert seconds - 0.5 < max(bench.slept) < seconds + 1  # up to a second more, by chance


def test_searches_keep_below_the_portals_limit(grown):
    bench = grown(searches_per_second=2)
    pulled = bench.pull("hubspot", "company")
    # Seven pages and a count; after each of them half a second, less the time that passed anyway.
    assert len([pause for pause in bench.slept if 0.3 < pause <= 0.5]) >= 7
    assert pulled.retries == 0


@pytest.mark.parametrize("cap", [40, 70])  # of 70, the last page of 20 would end past it: halves hold 65
def test_more_records_than_a_search_shows_are_cut_by_time(grown, cap):
    bench = grown(f"search_cap:over={cap}", search_cap=cap)
    pulled = bench.pull("hubspot", "company")
    assert (bench.live("hubspot", "company"), pulled.vendor_count) == (ALL, MANY)


@pytest.mark.parametrize("faults", [(), ("capped_total",), ("unordered_search",), ("capped_total", "unordered_search")])
def test_more_of_one_millisecond_than_a_search_shows_are_cut_by_id(company, serve, faults):
    company.portal("companies", "1")
    for number in range(MANY):
        company.portal("companies", str(1000 + number), NOW + HOUR)
    bench = serve(with_hubspot=True).with_source("hubspot", search_page_size=20, search_cap=40)
    bench.pull("hubspot", "company")
    bench.servers.set_faults("search_cap:over=40", *faults)
    assert bench.at(NOW + DAY).pull("hubspot", "company").vendor_count == MANY
    assert bench.live("hubspot", "company") == ALL


def test_records_that_move_between_pages_are_searched_again_and_none_is_skipped(grown, caplog):
    bench = grown("moving_rows:vendor=hubspot,rows=3,times=2")
    pulled = bench.pull("hubspot", "company")
    assert pulled.vendor_count == MANY - 6  # those that moved are of the next window
    assert "searching again" in caplog.text
    assert len(ALL - bench.live("hubspot", "company")) == 6
    bench.servers.set_faults()
    bench.at(NOW + 2 * DAY).pull("hubspot", "company")
    assert bench.live("hubspot", "company") == ALL


def test_records_that_never_stand_still_are_not_kept(grown, monkeypatch):
    honest = Client.ask

    def short(self, path, question):
        page = honest(self, path, question)
        return {**page, "total": page["total"] + 1} if path.endswith("/search") else page

    bench = grown()
    reached = cursor(bench.settings.lake, "hubspot", "company")
    monkeypatch.setattr(Client, "ask", short)
    with pytest.raises(ContractError, match="changed during each of 4 searches"):
        bench.pull("hubspot", "company")
    assert cursor(bench.settings.lake, "hubspot", "company") == reached


def test_a_change_that_is_searchable_late_comes_with_the_next_pull(company, serve):
    company.portal("companies", "1")
    company.portal("companies", "1001", NOW + DAY - 20 * MINUTE)
    company.portal("companies", "1", NOW + DAY - 30 * MINUTE, name="Renamed")
    bench = serve(with_hubspot=True)
    bench.pull("hubspot", "company")
    bench.servers.set_faults("index_lag:seconds=3000")
    bench.at(NOW + DAY).pull("hubspot", "company")
    assert bench.live("hubspot", "company") == {"1"}
    bench.at(NOW + DAY + HOUR).pull("hubspot", "company")
    assert bench.live("hubspot", "company") == {"1", "1001"}
    assert bench.held("hubspot", "company")["1"]["name"] == "Renamed"


def test_a_slow_index_deletes_nothing(company, serve):
    for number in range(10):
        company.portal("companies", str(1000 + number), NOW - 10 * MINUTE)
    bench = serve(with_hubspot=True, faults=["index_lag:seconds=3000"])
    bench.pull("hubspot", "company")  # the list has them, the search does not
    assert len(bench.live("hubspot", "company")) == 10


def test_property_names_too_long_for_an_address_are_read_in_batches(grown):
    bench = grown(properties_bytes=100)
    bench.pull("hubspot", "company")
    assert bench.live("hubspot", "company") == ALL
    assert bench.held("hubspot", "company")["1001"]["name"] == "Company 1"


def test_a_record_behind_every_window_is_found_by_the_count(company, serve):
    company.portal("companies", "1")
    company.portal("companies", "2", NOW - 3 * DAY, visible=NOW + HOUR)  # behind every window
    bench = serve(with_hubspot=True)
    bench.pull("hubspot", "company")
    bench.at(NOW + DAY).pull("hubspot", "company")
    assert bench.live("hubspot", "company") == {"1", "2"}


def test_a_record_without_its_stamp_is_an_error_and_nothing_is_kept(company, serve, monkeypatch):
    company.portal("companies", "1")
    bench = serve(with_hubspot=True)
    monkeypatch.setattr("sandbox.portal.written", lambda at: "")
    with pytest.raises(ContractError, match="companies without id or hs_lastmodifieddate"):
        bench.pull("hubspot", "company")
    assert cursor(bench.settings.lake, "hubspot", "company") is None


def test_a_list_that_turns_in_a_circle_ends_with_an_error(company, serve, monkeypatch):
    company.portal("companies", "1")
    honest = Client.get

    def circling(self, path, params=None, headers=None):
        page = honest(self, path, params, headers)
        return {**page, "paging": {"next": {"after": "MQ=="}}} if path.endswith("/companies") else page

    bench = serve(with_hubspot=True)
    monkeypatch.setattr(Client, "get", lambda self, path, params=None, headers=None: circling(self, path, params))
    with pytest.raises(ContractError, match="came back to a page"):
        bench.pull("hubspot", "company")


def test_a_large_first_load_is_searched_in_slices(company, serve, monkeypatch):
    monkeypatch.setattr("tasks.sources.pull.SLICE", 50)
    for number in range(MANY):
        company.portal("companies", str(1000 + number), NOW - 9 * DAY + number * HOUR)
    company.portal("companies", "1", NOW - 8 * DAY)
    company.portal_gone("companies", "1", NOW - 7 * DAY)
    bench = serve(with_hubspot=True)
    assert bench.pull("hubspot", "company").deleted == 1
    assert bench.live("hubspot", "company") == ALL - {"1"}


def test_a_window_before_the_cursor_reads_its_own_records_only(grown):
    bench = grown()
    window = Window(NOW + HOUR, NOW + HOUR + 10 * MINUTE)
    assert bench.pull("hubspot", "company", window=window).rows_read == 10


def test_every_switch_of_the_portal_is_pulled_under():
    played = {fault.split(":")[0] for fault in TRANSIENT} | {"index_lag", "capped_total"}
    ending = {"portal_day_used", "portal_scope", "portal_token_expired"}  # in test_hubspot.py
    assert set(PORTAL) <= played | ending
