"""Several requests under way at once: the order of answers, one session, one pause, and never more than allowed."""

import threading
import time
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

import pytest
import requests

from sandbox.faults import Fault
from tasks.errors import LakeError, SourceError
from tasks.sources.ahead import in_order
from tasks.sources.client import Client
from tasks.sources.judgement import Policy
from tasks.sources.landing import Landing
from tests.sources.test_client import Reply, client
from tests.sources.test_kantata import many_entries
from tests.sources.test_salesforce import TRANSIENT, account, key

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
RUN = ContextVar("run", default="none")


def test_answers_come_in_the_order_of_the_questions():
    def slow_first(number):
        time.sleep(0.05 if number % 4 == 0 else 0)
        return number

    assert list(in_order(slow_first, range(20), 4)) == list(range(20))


def test_no_more_is_asked_ahead_than_there_are_threads():
    asked = []
    answers = in_order(asked.append, range(100), 3)
    next(answers)
    assert len(asked) <= 4
    answers.close()
    assert len(asked) <= 4


def test_an_error_comes_at_its_turn_and_ends_the_asking():
    asked = []

    def ask(number):
        asked.append(number)
        return 1 / (number - 2)

    answers = in_order(ask, range(100), 2)
    assert [next(answers), next(answers)] == [-0.5, -1]
    with pytest.raises(ZeroDivisionError):
        next(answers)
    assert len(asked) <= 5


def test_threads_work_in_the_context_of_the_caller():
    RUN.set("r7")
    assert list(in_order(lambda _: RUN.get(), range(3), 2)) == ["r7"] * 3


class Counting(requests.Session):
    """A session that notes how many requests were under way at once."""

    def __init__(self):
        super().__init__()
        self.now, self.peak, self.lock = 0, 0, threading.Lock()

    def request(self, *_, **__):
        with self.lock:
            self.now += 1
            self.peak = max(self.peak, self.now)
        time.sleep(0.02)
        with self.lock:
            self.now -= 1
        return Reply(200)


def test_no_more_requests_are_under_way_than_the_vendor_allows():
    session = Counting()
    policy = Policy("Vendor", "BATON_SOURCES__V__", lambda answer: None, lambda _: {"X-Token": "1"}, "rejected")
    made = Client("http://vendor.test/api", policy, 10, 1000, concurrency=3, session=session)
    list(in_order(made.get, ["things"] * 24, 8))
    assert (session.peak, made.counts.requests) == (3, 24)


def test_a_pause_that_one_was_told_to_make_is_made_by_all():
    made, _ = client(Reply(429, headers={"Retry-After": "7"}), Reply(200), Reply(200))
    slept = []
    made.lanes.sleep = lambda seconds: slept.append((threading.get_ident(), seconds))  # and the clock stands still
    made.get("things")
    assert list(in_order(made.get, ["others"], 1)) == [{}]
    assert [seconds for _, seconds in slept] == [8.0, 8.0]
    assert len({thread for thread, _ in slept}) == 2


def test_an_abandoned_client_asks_no_further():
    made, watch = client(Reply(503), Reply(200))
    made.abandon()
    with pytest.raises(SourceError, match="was not read within"):
        made.get("things")
    assert (watch.slept, len(made.session.sent)) == ([], 1)


@pytest.fixture
def pieces(monkeypatch):
    """First pulls in small slices, Salesforce's in small pieces."""
    monkeypatch.setattr("tasks.sources.pull.SLICE", 250)
    monkeypatch.setattr("tasks.sources.salesforce.PIECE", 60)


def test_a_session_that_ends_under_several_requests_is_renewed_once(company, serve, monkeypatch):
    monkeypatch.setattr("tasks.sources.salesforce.PIECE", 60)
    for number in range(500):
        account(company, number, NOW - 9 * DAY + number * timedelta(minutes=20))
    logins = Fault("server_error", vendor="salesforce", path="oauth2", after=1000)  # never shown, but counted
    far = Fault("timeout", vendor="salesforce", path="queryAll", seconds=0.1, times=1000)
    bench = serve(faults=[logins, far, Fault("expired_token", path="queryAll?q=SELECT Id, SystemModstamp", after=2)])
    pulled = bench.pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(number) for number in range(500)}
    assert bench.servers.faults.counts()[0]["seen"] == 2
    assert pulled.retries > 1  # several requests met the ended session


@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_row_arrives_in_pieces_too(company, serve, pieces, fault):
    for number in range(500):
        account(company, number, NOW - 9 * DAY + number * timedelta(minutes=20))
    bench = serve(faults=[f"{fault}{',' if ':' in fault else ':'}vendor=salesforce"])
    bench.with_source("salesforce", page_size=200).pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(number) for number in range(500)}
    assert bench.pull("salesforce", "account").appended <= 3  # what was re-stamped by moving_rows


def test_a_slice_that_cannot_land_ends_the_pull_with_the_slice_being_read(company, serve, monkeypatch):
    for number in range(8):
        many_entries(company, 200, 1 + 200 * number, NOW - 90 * DAY + number * 9 * DAY)
    monkeypatch.setattr("tasks.sources.pull.SLICE", 200)

    def refused(*_):
        raise LakeError("no space")

    monkeypatch.setattr(Landing, "append", refused)
    pages = Fault("server_error", vendor="kantata", path="per_page=10", after=1000)  # never shown, but counted
    bench = serve(faults=[pages]).with_source("kantata", page_size=10, since=NOW - 90 * DAY)
    with pytest.raises(LakeError, match="no space"):
        bench.pull("kantata", "time_entry")
    assert 20 <= bench.servers.faults.counts()[0]["seen"] <= 40  # of 160 pages
