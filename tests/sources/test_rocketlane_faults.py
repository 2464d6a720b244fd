"""Whatever Rocketlane does wrong, the same records land."""

import time
from datetime import timedelta

import pytest

from sandbox.faults import Fault
from tasks.errors import AuthError, ConfigError, ContractError, QuotaError
from tasks.lake.places import is_held
from tasks.sources.rocketlane_policy import until
from tasks.sources.vendor import Restless
from tests.sources.rocketlane_account import DAY, MINUTE, NOW, as_rocketlane, entries, entry, labels, put

ALL = {str(number) for number in range(1, 251)}  # three pages


@pytest.fixture
def bench(company, serve, monkeypatch):
    """`bench(faults)` serves 250 time entries with these faults and reads them as Rocketlane."""
    entries(company, 250)

    def start(*faults):
        opened = as_rocketlane(serve(), monkeypatch)
        opened.servers.set_faults(*faults)
        return opened

    return start


def fired(baton):
    return [switch["fired"] for switch in baton.servers.faults.counts()]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("rate_limit", "rocketlane", seconds=0, every=2, times=3),
        Fault("rate_limit_silent", "rocketlane", every=2, times=3),
        Fault("server_error", "rocketlane", every=2, times=3, status=500),
        Fault("server_error", "rocketlane", status=503, is_html=True),
        Fault("broken_body", "rocketlane", after=1),
        Fault("truncated_body", "rocketlane", after=1),
        Fault("page_token_expired", "rocketlane"),
        Fault("page_token_expired", "rocketlane", after=1),  # on the last page
        Fault("duplicate_rows", "rocketlane", times=2),
    ],
    ids=lambda fault: f"{fault.name}-{fault.after}-{fault.status}",
)
def test_a_fault_that_passes_leaves_no_trace(bench, fault):
    baton = bench(fault)
    assert baton.pull("rocketlane", "time_entry").appended == 250
    assert baton.live("rocketlane", "time_entry") == ALL
    assert fired(baton) == [fault.times or 1]


def test_an_answer_that_comes_too_late_is_asked_for_again(bench):
    baton = bench(Fault("timeout", "rocketlane", seconds=1.5, after=1)).with_source("rocketlane", timeout_seconds=0.5)
    assert baton.pull("rocketlane", "time_entry").retries == 1
    assert baton.live("rocketlane", "time_entry") == ALL


def test_a_large_first_pull_in_slices_while_the_vendor_misbehaves(company, bench, monkeypatch):
    for number in range(1, 251):
        entry(company, number, NOW - timedelta(hours=number), minutes=number)
    monkeypatch.setattr("tasks.sources.pull.SLICE", 60)
    baton = bench(Fault("server_error", "rocketlane", every=4, times=3), Fault("page_token_expired", "rocketlane"))
    baton = baton.with_source("rocketlane", page_size=20, concurrency=4)
    assert baton.pull("rocketlane", "time_entry").appended == 250
    assert baton.live("rocketlane", "time_entry") == ALL
    assert fired(baton) == [3, 1]


def test_the_wait_of_a_429_is_an_instant_in_milliseconds(bench):
    baton = bench(Fault("rate_limit", "rocketlane", seconds=30))
    baton.pull("rocketlane", "time_entry")
    assert 28 <= max(baton.slept) <= 33  # 30 s from now on, a second of the Date header and a second of chance


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-Retry-After": "1790000060500", "Date": "Mon, 21 Sep 2026 14:13:20 GMT"}, 60.5),
        ({"X-Retry-After": "1790000000000", "Date": "Mon, 21 Sep 2026 14:13:21 GMT"}, 0.0),  # over already
        ({"Retry-After": "7"}, 7.0),
        ({"X-Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_a_429_says_to_wait(headers, seconds):
    assert until(headers) == seconds


def test_without_a_date_the_machines_clock_serves():
    assert until({"X-Retry-After": str((time.time() + 60) * 1000)}) == pytest.approx(60, abs=5)


def test_a_wait_beyond_the_deadline_ends_the_pull_with_words(bench):
    with pytest.raises(QuotaError, match="longer than BATON_SOURCES__ROCKETLANE__DEADLINE_SECONDS"):
        bench(Fault("rate_limit", "rocketlane", seconds=7200)).pull("rocketlane", "time_entry")


def test_a_page_token_dies_of_age(bench):
    baton = bench(Fault("rate_limit", "rocketlane", path="pageToken=", seconds=0))

    class Slow(list):
        """The wait for the rate limit takes longer than a token lives."""

        def append(self, seconds):
            if baton.servers.clock.now == NOW:
                baton.servers.set_clock(NOW + timedelta(minutes=16))

    baton.slept = Slow()
    assert baton.pull("rocketlane", "time_entry").appended == 250
    assert baton.live("rocketlane", "time_entry") == ALL


def test_tokens_that_die_again_and_again_end_the_pull_with_words(bench):
    baton = bench(Fault("page_token_expired", "rocketlane", times=10_000))
    with pytest.raises(Restless, match="page tokens expired during each of 4 walks"):
        baton.pull("rocketlane", "time_entry")
    assert not is_held(baton.settings.lake, "rocketlane", "time_entry")


def test_a_window_too_long_for_its_tokens_is_halved(company, bench):
    for number in range(1, 251):  # half of them a day later: each half of the window is one walk of its own
        entry(company, number, NOW - (9 - number % 2) * DAY, minutes=number)
    baton = bench(Fault("page_token_expired", "rocketlane", times=4))
    baton.pull("rocketlane", "time_entry")
    assert baton.live("rocketlane", "time_entry") == ALL


def test_another_status_of_a_dead_token_is_a_setting(bench):
    baton = bench(Fault("page_token_expired", "rocketlane", status=400)).with_source(
        "rocketlane", expired_page_token_status=410
    )
    with pytest.raises(ContractError, match=r"400 \(BAD_REQUEST, field pageToken\)"):
        baton.pull("rocketlane", "time_entry")


def test_rows_that_leave_the_window_between_two_pages_hide_no_other(bench):
    baton = bench(Fault("moving_rows", "rocketlane", rows=5))
    assert baton.pull("rocketlane", "time_entry").appended == 245  # five were stamped again, after the window
    baton.at(NOW + DAY).pull("rocketlane", "time_entry")
    assert baton.live("rocketlane", "time_entry") == ALL


def test_a_match_that_is_ignored_lands_nothing_outside_the_window(company, bench):
    entry(company, 999, NOW - MINUTE)  # above the window
    baton = bench(Fault("match_ignored", "rocketlane", times=10_000))
    baton.pull("rocketlane", "time_entry")
    assert baton.live("rocketlane", "time_entry") == ALL


def test_a_missing_right_names_the_key(bench):
    baton = bench(Fault("denied_scope", "rocketlane", path="/time-entries"))
    with pytest.raises(AuthError, match=r"403 to .*time-entries: give .* BATON_SOURCES__ROCKETLANE__API_KEY"):
        baton.pull("rocketlane", "time_entry")


def test_a_field_that_is_taken_away_stops_its_entity_only(company, bench):
    labels(company)
    put(company, "projects", 7)
    baton = bench(Fault("missing_field", "rocketlane", object="fields", field="Cap"))
    with pytest.raises(ConfigError, match=r"rocketlane shows no Project\.Cap"):
        baton.pull("rocketlane", "project")
    assert baton.pull("rocketlane", "time_entry").appended == 250
