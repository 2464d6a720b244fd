"""One incident per cause: opened once, resolved once, whatever breaks on the way."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from config.settings import Settings
from tasks.alerts import outbox as sending
from tasks.alerts.alert import KINDS, Alert, fingerprint
from tasks.alerts.outbox import MAX_ATTEMPTS, deliver
from tasks.alerts.run_health import alert, raise_alert, report, without_symptoms
from tasks.warehouse.connect import Warehouse, ops_transaction, warehouse
from tasks.warehouse.ops import ALERT_EVENT, ALERT_OUTBOX, ALERT_STATE
from tasks.warehouse.serving import rows

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
DAY = date(2026, 11, 20)
NIGHT = timedelta(days=1)
FAILED = alert("run_failed", "nightly", "The nightly run failed: WarehouseError", DAY, facts={"reason": "disk full"})
LOOKED = [("run_failed", "nightly")]


def states(where: Warehouse) -> list[tuple[str, str, int]]:
    found = rows(where, "SELECT kind, status, occurrences FROM ops.alert_state ORDER BY kind, entity")
    return [(row["kind"], row["status"], row["occurrences"]) for row in found]


def outbox(where: Warehouse) -> dict[tuple[str, str, int], str]:
    found = rows(where, "SELECT channel, action, state_version, status FROM ops.alert_outbox")
    return {(row["channel"], row["action"], row["state_version"]): row["status"] for row in found}


def test_five_failures_are_one_incident_and_a_good_run_resolves_it(where: Warehouse, settings: Settings, http) -> None:
    for night in range(5):
        raise_alert(where, settings, FAILED, f"run-{night}", NOW + night * NIGHT, http)
        deliver(where, settings, NOW + night * NIGHT, http)
    assert [event["event_action"] for event in http.sinks.events] == ["trigger"]
    assert states(where) == [("run_failed", "open", 5)]
    report(where, settings, [], LOOKED, "run-5", NOW + 5 * NIGHT, http)
    deliver(where, settings, NOW + 5 * NIGHT, http)
    assert [(event["event_action"], event["dedup_key"]) for event in http.sinks.events] == [
        ("trigger", fingerprint("test", FAILED)), ("resolve", fingerprint("test", FAILED)),
    ]  # fmt: skip
    assert [incident.status for incident in http.sinks.incidents] == ["resolved"]
    assert [message["text"] for message in http.sinks.messages] == [
        "[CRITICAL] The nightly run failed: WarehouseError", "[RESOLVED] The nightly run failed: WarehouseError",
    ]  # fmt: skip
    raise_alert(where, settings, FAILED, "run-6", NOW + 6 * NIGHT, http)
    deliver(where, settings, NOW + 6 * NIGHT, http)
    assert [incident.status for incident in http.sinks.incidents] == ["resolved", "triggered"]
    with ops_transaction(where) as connection:
        events = list(connection.scalars(sa.select(ALERT_EVENT.c.event).order_by(ALERT_EVENT.c.state_version)))
    assert events == ["opened", "resolved", "reopened"]


def test_the_same_run_counts_once(where: Warehouse, settings: Settings, http) -> None:
    for _ in range(3):
        raise_alert(where, settings, FAILED, "run-1", NOW, http)
    assert states(where) == [("run_failed", "open", 1)]


def test_only_what_was_looked_at_is_resolved(where: Warehouse, settings: Settings, http) -> None:
    crm = alert("source_failed", "crm", "crm was not read", DAY)
    report(where, settings, [crm, replace(crm, asset="psa")], (), "run-1", NOW, http)
    report(where, settings, [], [("source_failed", "crm")], "run-2", NOW, http)
    found = rows(where, "SELECT asset, status FROM ops.alert_state ORDER BY asset")
    assert [(row["asset"], row["status"]) for row in found] == [("crm", "resolved"), ("psa", "open")]


def test_an_all_clear_never_opens_anything(where: Warehouse, settings: Settings, http) -> None:
    raise_alert(where, settings, FAILED, "run-1", NOW, http)
    report(where, settings, [], LOOKED, "run-2", NOW, http)
    deliver(where, settings, NOW, http)
    assert (http.sinks.events, http.sinks.messages) == ([], [])
    assert set(outbox(where).values()) == {"superseded"}


def test_a_cause_hides_its_symptoms_without_resolving_them(where: Warehouse, settings: Settings, http) -> None:
    task = alert("entity_failed", "crm", "crm task was not read", DAY, entity="task")
    source = alert("source_failed", "crm", "crm was not read", DAY)
    assert without_symptoms([task, source])[0] == [replace(source, facts={"also": "entity_failed task"})]
    judged = [("entity_failed", "crm"), ("source_failed", "crm")]
    report(where, settings, [task], judged, "run-1", NOW, http)
    report(where, settings, [task, source], judged, "run-2", NOW, http)
    assert states(where) == [("entity_failed", "open", 1), ("source_failed", "open", 1)]
    other = replace(task, asset="psa")
    assert without_symptoms([other, source]) == ([other, source], [])


def test_only_critical_run_alerts_page(where: Warehouse, settings: Settings, http) -> None:
    business = Alert("scope_creep", "scope_creep_project", "creep", "critical", entity="p1")
    withheld = alert("publish_withheld", "mart", "withheld", DAY)
    report(where, settings, [business, withheld, FAILED], (), "run-1", NOW, http)
    deliver(where, settings, NOW, http)
    assert [event["payload"]["class"] for event in http.sinks.events] == ["run_failed"]
    assert len(http.sinks.messages) == 3


def test_getting_worse_is_said_and_getting_better_is_not(where: Warehouse, settings: Settings, http) -> None:
    stale = alert("stale_source", "crm", "crm is old", DAY)
    for run, severity in enumerate(("warning", "error", "warning")):
        report(where, settings, [replace(stale, severity=severity)], (), f"run-{run}", NOW, http)
        deliver(where, settings, NOW, http)
    assert [message["text"] for message in http.sinks.messages] == ["[WARNING] crm is old", "[ERROR] crm is old"]


def test_a_full_channel_is_tried_again_later(where: Warehouse, settings: Settings, http) -> None:
    http.faults = [_answer(429, {"Retry-After": "600"}), _answer(500)]
    raise_alert(where, settings, FAILED, "run-1", NOW, http)
    first = deliver(where, settings, NOW, http)
    assert (first.sent, first.waiting) == (1, 2)
    assert deliver(where, settings, NOW + timedelta(minutes=2), http).sent == 1
    assert deliver(where, settings, NOW + timedelta(minutes=9), http).sent == 0
    assert deliver(where, settings, NOW + timedelta(minutes=10), http).sent == 1
    assert (len(http.sinks.messages), len(http.sinks.events)) == (1, 1)


def test_slack_down_harms_nothing_and_is_given_up_in_the_end(
    where: Warehouse, settings: Settings, http, broken: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    raise_alert(where, settings, alert("quarantine_rows", "task", "3 rows", DAY), "run-1", NOW, http)
    http.faults = [broken] * MAX_ATTEMPTS
    with caplog.at_level(logging.INFO):
        results = [deliver(where, settings, NOW + timedelta(hours=2 * n), http) for n in range(MAX_ATTEMPTS + 2)]
    assert sum(result.dead for result in results) == 1
    assert http.sinks.messages == []
    assert "SECRET" not in caplog.text + str(rows(where, "SELECT reason FROM ops.alert_outbox"))


def test_a_wrong_address_is_final_and_names_the_setting(where: Warehouse, settings: Settings, http) -> None:
    http.faults = [_answer(403)]
    raise_alert(where, settings, alert("quarantine_rows", "task", "3 rows", DAY), "run-1", NOW, http)
    assert deliver(where, settings, NOW, http).dead == 1
    reasons = {row["reason"] for row in rows(where, "SELECT reason FROM ops.alert_outbox")}
    assert "Slack answered 403: check BATON_SLACK_WEBHOOK_URL" in reasons


def test_a_kill_between_sending_and_noting_gives_no_second_incident(
    where: Warehouse, settings: Settings, http, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    raise_alert(where, settings, FAILED, "run-1", NOW, http)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sending, "_note", killed)
        deliver(where, settings, NOW, http)
    assert deliver(where, settings, NOW, http).sent == 0, "the lease keeps a second sender away"
    assert deliver(where, settings, NOW + timedelta(minutes=3), http).sent == 3
    assert [incident.triggers for incident in http.sinks.incidents] == [2]


def test_a_message_that_cannot_be_built_stops_no_other(where: Warehouse, settings: Settings, http) -> None:
    raise_alert(where, settings, FAILED, "run-1", NOW, http)
    with ops_transaction(where) as connection:
        connection.execute(
            sa.update(ALERT_OUTBOX).where(ALERT_OUTBOX.c.channel == "pagerduty").values(message={"action": "trigger"})
        )
    result = deliver(where, settings, NOW, http)
    assert (result.sent, result.dead) == (2, 1)


def test_without_a_warehouse_the_page_goes_out_and_is_resolved_later(
    where: Warehouse, settings: Settings, http
) -> None:
    down = settings.model_copy(update={"warehouse_url": SecretStr("postgresql+psycopg://nobody@127.0.0.1:1/none")})
    raise_alert(warehouse(down), down, FAILED, "run-1", NOW, http)
    raise_alert(warehouse(down), down, FAILED, "run-2", NOW, http)
    assert [(incident.status, incident.triggers) for incident in http.sinks.incidents] == [("triggered", 2)]
    report(where, settings, [], LOOKED, "run-3", NOW + NIGHT, http)
    deliver(where, settings, NOW + NIGHT, http)
    assert states(where) == [("run_failed", "resolved", 2)]
    assert [incident.status for incident in http.sinks.incidents] == ["resolved"]


def test_without_channels_the_console_says_it(plain_settings: Settings, http, caplog: pytest.LogCaptureFixture) -> None:
    where = warehouse(plain_settings)
    raise_alert(where, plain_settings, FAILED, "run-1", NOW, http)
    with caplog.at_level(logging.INFO):
        assert deliver(where, plain_settings, NOW, http).sent == 1
    assert "[CRITICAL] The nightly run failed" in caplog.text
    assert "baton run nightly --as-of 2026-11-20" in caplog.text
    assert fingerprint("test", FAILED)[:12] in caplog.text


def test_the_fingerprint_holds_the_cause_only() -> None:
    same = replace(FAILED, title="other words", severity="error", facts={"n": "2"}, as_of=date(2026, 1, 1))
    assert fingerprint("test", same) == fingerprint("test", FAILED)
    others = [
        fingerprint("prod", FAILED),
        *(fingerprint("test", replace(FAILED, **{key: "x"})) for key in ("asset", "metric", "entity")),
    ]
    assert len({fingerprint("test", FAILED), *others}) == 5


def test_ledger_rows_hold_nothing_but_the_declared(where: Warehouse, settings: Settings, http) -> None:
    raise_alert(where, settings, FAILED, "run-1", NOW, http)
    with ops_transaction(where) as connection:
        state = connection.execute(sa.select(ALERT_STATE)).one()
    assert (state.first_seen, state.facts, state.as_of) == (NOW, {"reason": "disk full"}, DAY)
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def _answer(status: int, headers: dict[str, str] | None = None) -> object:
    from types import SimpleNamespace

    return SimpleNamespace(status_code=status, headers=headers or {})
