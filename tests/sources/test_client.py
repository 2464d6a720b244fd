import logging

import pytest
import requests

from tasks.errors import AuthError, ContractError, QuotaError, SourceError, UnreachableError
from tasks.sources.client import Client
from tasks.sources.judgement import Policy


class Reply:
    """One scripted answer, as far as the client looks at it."""

    def __init__(self, status, body=b"{}", headers=None):
        self.status_code, self.body, self.headers = status, body, headers or {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def iter_content(self, _size):
        yield self.body


class Script(requests.Session):
    """A session that answers from a list; an exception in it is raised."""

    def __init__(self, *replies):
        super().__init__()
        self.replies, self.sent = list(replies), []

    def request(self, method, url, **given):
        self.sent.append((method, url, given))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


class Watch:
    """A clock that moves only by sleeping."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def client(*replies, deadline=1000.0):
    tokens = iter(range(1, 9))
    fresh = lambda _: {"X-Token": str(next(tokens))}  # noqa: E731
    policy = Policy("Vendor", "BATON_SOURCES__V__", lambda answer: None, fresh, "rejected")
    watch = Watch()
    made = Client("http://vendor.test/api", policy, 10, deadline, sleep=watch.sleep, clock=lambda: watch.now,
                  chance=lambda: 1.0, session=Script(*replies))  # fmt: skip
    return made, watch


def test_what_is_transient_is_retried_with_growing_pauses():
    made, watch = client(
        Reply(503), requests.ConnectionError(), requests.exceptions.ChunkedEncodingError(), requests.ReadTimeout(),
        Reply(200, b'{"cut'), Reply(429), Reply(200, b'{"a": 1}'),
    )  # fmt: skip
    assert made.get("things") == {"a": 1}
    assert watch.slept == [1, 2, 4, 8, 16, 32]
    assert (made.counts.requests, made.counts.retries) == (7, 6)


def test_retry_after_is_obeyed():
    made, watch = client(Reply(429, headers={"Retry-After": "7"}), Reply(200))
    made.get("things")
    assert watch.slept == [8.0]  # 7 and up to a second of jitter


def test_a_wait_beyond_the_deadline_is_a_quota():
    made, watch = client(Reply(429, headers={"Retry-After": "3600"}))
    with pytest.raises(QuotaError, match="asks to wait 3600 s"):
        made.get("things")
    assert watch.slept == []


def test_the_machines_proxy_and_certificates_are_used_and_its_netrc_is_not(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine vendor.test login someone password other")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "ca.pem")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("NO_PROXY", raising=False)
    made, _ = client()
    assert (made.session.proxies["http"], made.session.verify) == ("http://proxy.test:3128", "ca.pem")
    asked = requests.Request("GET", made.url, headers={"Authorization": "Bearer ours"})
    assert made.session.prepare_request(asked).headers["Authorization"] == "Bearer ours"


def test_an_ended_session_is_renewed_once():
    made, _ = client(Reply(200), Reply(401), Reply(200, b"[7]"))
    made.get("things")
    assert made.get("things") == [7]
    tokens = [given["auth"].headers["X-Token"] for _, _, given in made.session.sent]
    assert tokens == ["1", "1", "2"]


def test_a_second_401_is_final():
    made, _ = client(Reply(401), Reply(401))
    with pytest.raises(AuthError, match="rejected"):
        made.get("things")


def test_a_host_that_never_answers_names_the_setting():
    made, watch = client(*[requests.ConnectionError()] * 8)
    with pytest.raises(UnreachableError, match=r"BATON_SOURCES__V__URL \(vendor\.test\)"):
        made.get("things")
    assert len(watch.slept) == 7


def test_the_deadline_counts_all_attempts():
    made, watch = client(*[Reply(503)] * 8, deadline=10.0)
    with pytest.raises(SourceError, match="BATON_SOURCES__V__DEADLINE_SECONDS"):
        made.get("things")
    assert watch.now <= 10


def test_a_permanent_refusal_is_not_repeated():
    made, watch = client(Reply(404, b'{"secret": "text of a record"}'))
    with pytest.raises(ContractError, match="answered 404") as caught:
        made.get("things")
    assert watch.slept == []
    assert "text of a record" not in str(caught.value)


def test_a_redirect_is_not_followed():
    made, _ = client(Reply(302, headers={"Location": "http://elsewhere.test"}))
    with pytest.raises(ContractError, match="answered 302"):
        made.get("things")
    assert made.session.sent[0][2]["allow_redirects"] is False


def test_an_absolute_path_stays_on_the_host():
    made, _ = client(Reply(200), Reply(200))
    made.get("/next/page-2")
    made.get("things")
    assert [url for _, url, _ in made.session.sent] == [
        "http://vendor.test/next/page-2",
        "http://vendor.test/api/things",
    ]


def test_no_secret_is_logged_or_shown(caplog):
    made, _ = client(Reply(503), Reply(200))
    with caplog.at_level(logging.DEBUG):
        made.headers = {"X-Token": "tell-nobody"}
        made.get("things")
    assert "status 503" in caplog.text
    assert "tell-nobody" not in caplog.text + repr(made) + repr(made.session.sent)


def test_an_error_whose_json_was_cut_off_is_asked_for_again():
    """What the refusal means stood in the lost part; an HTML page is whole and final."""
    made, watch = client(Reply(400, b'[{"errorCode": "INVAL', {"Content-Type": "application/json"}), Reply(200, b"[]"))
    assert made.get("things") == []
    assert len(watch.slept) == 1
