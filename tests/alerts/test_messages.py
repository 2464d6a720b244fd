"""What is sent fits the receiver's limits and says what a person needs; every kind has a runbook."""

from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest
from pydantic import ValidationError

from config.settings import ROOT, Settings
from sandbox.sinks import pagerduty_problems, slack_problem
from tasks.alerts import pagerduty, slack
from tasks.alerts.alert import KINDS, Alert
from tasks.alerts.message import lines, message
from tasks.alerts.routing import Routing, routing
from tasks.errors import ConfigError

KEY = "0123456789abcdef0123456789abcdef"


def said(title: str = "The nightly run failed", action: str = "trigger", **facts: str) -> dict:
    alert = Alert("run_failed", "nightly", title, "critical", facts=facts, as_of=date(2026, 11, 20))
    return message(alert, "f" * 64, "prod", routing().route(alert), action, datetime(2026, 11, 23, 5, tzinfo=UTC), 2)


def test_a_message_has_impact_since_evidence_owner_runbook_and_replay() -> None:
    assert lines(said(observed="3", expected="0")) == [
        "Impact: The numbers stay those of the last good publish and grow old.",
        "Since: 2026-11-23T05:00+00:00, seen 2 times, as of 2026-11-20",
        "Evidence: observed: 3; expected: 0",
        "Owner: data on-call, then data lead, after 1 hour",
        "Runbook: docs/runbooks/run_failed.md",
        "Replay: baton run nightly --as-of 2026-11-20",
    ]


def test_payloads_over_the_limits_are_cut() -> None:
    huge = said("x" * 5_000, **{f"fact{n}": "y" * 4_000 for n in range(30)})
    assert slack_problem(slack.payload([huge])) == ""
    assert slack_problem(slack.payload([huge] * 60)) == ""
    assert len(orjson.dumps(slack.payload([huge] * 60)["blocks"])) < 13_000
    assert pagerduty_problems(pagerduty.event(KEY, huge), KEY) == []


def test_a_resolve_is_its_key_alone() -> None:
    assert pagerduty.event(KEY, said(action="resolve")) == {
        "routing_key": KEY,
        "event_action": "resolve",
        "dedup_key": "f" * 64,
    }


def test_an_id_cannot_call_a_channel() -> None:
    assert "<!channel>" not in str(slack.payload([said("<!channel> & co")])["blocks"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_a_runbook_that_says_what_to_do(kind) -> None:
    text = (ROOT / kind.runbook).read_text()
    for heading in ("## What it means", "## What is still right", "## What to do", "## How to replay"):
        assert heading in text


def test_every_runbook_has_a_kind() -> None:
    assert {path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")} == {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_routed_to_somebody(kind) -> None:
    route = routing().route(Alert(kind.name, "asset", "title", kind.severity))
    assert route.owner
    assert ("pagerduty" in route.channels) == (kind.plane == "operations" and kind.severity == "critical")


@pytest.mark.parametrize(
    "routes",
    [
        [{"match": {"plane": "business"}, "owner": "a", "channels": ["console"]}],
        [{"match": {}, "owner": "a", "channels": ["pagerduty"]}],
        [{"match": {"plane": "business", "severity": ["critical"]}, "owner": "a", "channels": ["pagerduty"]}],
        [{"match": {}, "owner": "a", "channels": ["fax"]}],
        [{"match": {}, "owner": "a", "channels": []}],
        [{"match": {}, "owner": "a", "chanels": ["console"], "channels": ["console"]}],
        [],
    ],
)
def test_wrong_routes_are_refused(routes: list, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Routing.model_validate({"routes": routes})
    path = tmp_path / "routing.yaml"
    path.write_bytes(orjson.dumps({"routes": routes}))
    with pytest.raises(ConfigError, match=r"routing\.yaml"):
        routing(path)


def test_secrets_of_the_channels_are_in_no_representation(settings: Settings, where) -> None:
    assert "SECRET" not in repr(settings)
    assert "SECRET" not in repr(where)
    assert where.url == "" or where.url not in repr(where)
