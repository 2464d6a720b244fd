"""The sinks refuse what Slack and PagerDuty refuse, and keep incidents by their key."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.serve import Sandbox, running
from sandbox.world import World

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
PAYLOAD = {"summary": "Publish withheld", "source": "baton", "severity": "error"}


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with running(World(), NOW) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    requests.delete(f"{served.control_url}/sinks", timeout=10)
    served.set_clock(NOW)
    served.set_faults()
    return served


def event(sandbox: Sandbox, action: str = "trigger", key: str | None = "k1", **changed: Any) -> requests.Response:
    body: dict[str, Any] = {"routing_key": sandbox.routing_key, "event_action": action, "dedup_key": key}
    if action == "trigger":
        body["payload"] = PAYLOAD
    return requests.post(sandbox.pagerduty_url, json=body | changed, timeout=10)


def test_slack_answers_ok_and_keeps_the_payload(sandbox: Sandbox) -> None:
    answer = requests.post(sandbox.slack_url, json={"text": "Scope creep", "blocks": [{"type": "divider"}]}, timeout=10)
    assert (answer.status_code, answer.text) == (200, "ok")
    form = requests.post(sandbox.slack_url, data={"payload": '{"text": "by form"}'}, timeout=10)
    assert form.text == "ok"
    assert [message["text"] for message in sandbox.messages()] == ["Scope creep", "by form"]


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        ({}, "no_text"),
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}] * 11}]}, "invalid_blocks"),
        ({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, "invalid_blocks"),
        ({"blocks": [section("x" * 2900)] * 5}, "msg_blocks_too_long"),
    ],
)
def test_slack_refuses(sandbox: Sandbox, payload: dict[str, Any], word: str) -> None:
    answer = requests.post(sandbox.slack_url, json=payload, timeout=10)
    assert (answer.status_code, answer.text) == (400, word)
    assert sandbox.messages() == []


def test_slack_refuses_a_wrong_token_and_what_is_not_json(sandbox: Sandbox) -> None:
    assert requests.post(sandbox.slack_url + "x", json={"text": "a"}, timeout=10).text == "invalid_token"
    assert requests.post(sandbox.slack_url, data="text", timeout=10).text == "invalid_payload"


def test_an_event_is_accepted_with_its_key(sandbox: Sandbox) -> None:
    answer = event(sandbox)
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "k1"}


def test_the_same_key_updates_one_incident_and_a_trigger_after_resolve_opens_another(sandbox: Sandbox) -> None:
    event(sandbox)
    event(sandbox, payload=PAYLOAD | {"severity": "critical"})
    assert [(each["status"], each["severity"], each["triggers"]) for each in sandbox.incidents()] == [
        ("triggered", "critical", 2)
    ]
    sandbox.set_clock(NOW + timedelta(hours=1))
    event(sandbox, "acknowledge")
    event(sandbox)
    assert [each["status"] for each in sandbox.incidents()] == ["acknowledged"]
    event(sandbox, "resolve")
    assert sandbox.incidents()[0]["resolved_at"] == NOW + timedelta(hours=1)
    event(sandbox)
    assert [each["status"] for each in sandbox.incidents()] == ["resolved", "triggered"]


def test_a_trigger_without_a_key_always_opens_and_a_resolve_of_nothing_opens_nothing(sandbox: Sandbox) -> None:
    first, second = event(sandbox, key=None).json(), event(sandbox, key=None).json()
    assert first["dedup_key"] != second["dedup_key"]
    assert event(sandbox, "resolve", "unknown").status_code == 202
    assert len(sandbox.incidents()) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"routing_key": "short"},
        {"routing_key": "0" * 32},
        {"event_action": "close"},
        {"dedup_key": "k" * 256},
        {"payload": None},
        {"payload": PAYLOAD | {"summary": "x" * 1025}},
        {"payload": PAYLOAD | {"summary": ""}},
        {"payload": PAYLOAD | {"severity": "fatal"}},
        {"payload": {"summary": "a", "severity": "info"}},
        {"links": [{"text": "no address"}]},
        {"event_action": "resolve", "dedup_key": None},
    ],
)
def test_pagerduty_refuses(sandbox: Sandbox, changed: dict[str, Any]) -> None:
    answer = event(sandbox, **changed)
    assert answer.status_code == 400
    assert answer.json()["status"] == "invalid event"
    assert len(answer.json()["errors"]) == 1
    assert sandbox.incidents() == []


def test_pagerduty_refuses_half_a_megabyte(sandbox: Sandbox) -> None:
    assert event(sandbox, payload=PAYLOAD | {"custom_details": {"rows": "x" * 600_000}}).status_code == 413


def test_both_are_limited_with_a_retry_after(sandbox: Sandbox) -> None:
    sandbox.set_faults("rate_limit:vendor=slack,seconds=30", "rate_limit:vendor=pagerduty")
    answer = requests.post(sandbox.slack_url, json={"text": "a"}, timeout=10)
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (429, "rate_limited", "30")
    assert event(sandbox).status_code == 429
    assert event(sandbox).status_code == 202
    assert sandbox.messages() == []
