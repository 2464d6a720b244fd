"""The state of every alert: opened, reopened, worse or better, resolved; each change queues what is to be sent.

Everything happens in one transaction of `ops`. Judging the same occasion twice changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from config.settings import Settings
from tasks.alerts.alert import Alert, Severity, fingerprint, is_worse
from tasks.alerts.message import message
from tasks.alerts.routing import channels, routing
from tasks.warehouse.connect import Warehouse, ops_transaction
from tasks.warehouse.ops import ALERT_EVENT, ALERT_OUTBOX, ALERT_STATE, create_ops

Judged = Collection[tuple[str, str | None]]  # (kind, asset): what was looked at; asset None is every asset


@dataclass(frozen=True)
class Settled:
    """What a judgement changed."""

    opened: int = 0
    resolved: int = 0
    still_open: int = 0


def open_alerts(where: Warehouse, plane: str | None = None) -> dict[str, Severity]:
    """Fingerprint and severity of what is open."""
    create_ops(where)
    query = sa.select(ALERT_STATE.c.fingerprint, ALERT_STATE.c.severity).where(ALERT_STATE.c.status == "open")
    if plane:
        query = query.where(ALERT_STATE.c.plane == plane)
    with ops_transaction(where) as connection:
        return {row.fingerprint: row.severity for row in connection.execute(query)}


def settle(
    where: Warehouse,
    settings: Settings,
    found: Sequence[Alert],
    judged: Judged,
    occasion: str,
    now: datetime,
    already_sent: Collection[str] = (),
    spared: Sequence[Alert] = (),
) -> Settled:
    """Open or keep what was found, resolve what was judged and not found.

    Args:
        where: The warehouse.
        settings: The installation.
        found: What is wrong now.
        judged: What was looked at; nothing else is ever resolved.
        occasion: The run or the published day; an alert counts once per occasion.
        now: The clock.
        already_sent: Channels that were told before the ledger could be written.
        spared: Symptoms of another alert: neither opened nor resolved.

    Raises:
        WarehouseError: the warehouse is down.
    """
    create_ops(where)
    marked = _worst_of_each(settings, found)
    left_alone = {*marked, *(fingerprint(settings.environment, alert) for alert in spared)}
    with ops_transaction(where) as connection:
        if where.dialect == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7220463)"))  # one judgement at a time
        states = {row.fingerprint: row._mapping for row in connection.execute(sa.select(ALERT_STATE))}
        opened = 0
        for mark, alert in marked.items():
            opened += _found(connection, settings, mark, alert, states.get(mark), occasion, now, already_sent)
        over = [
            state
            for mark, state in states.items()
            if state["status"] == "open" and mark not in left_alone and _is_judged(judged, state)
        ]
        for state in over:
            _over(connection, settings, state, occasion, now)
        still = connection.scalar(sa.select(sa.func.count()).where(ALERT_STATE.c.status == "open")) or 0
    return Settled(opened=opened, resolved=len(over), still_open=still)


def _worst_of_each(settings: Settings, found: Sequence[Alert]) -> dict[str, Alert]:
    marked: dict[str, Alert] = {}
    for alert in found:
        mark = fingerprint(settings.environment, alert)
        if mark not in marked or is_worse(alert.severity, marked[mark].severity):
            marked[mark] = alert
    return marked


def _is_judged(judged: Judged, state: Any) -> bool:
    return (state["kind"], state["asset"]) in judged or (state["kind"], None) in judged


def _found(
    connection: sa.Connection, settings: Settings, mark: str, alert: Alert, state: Any, occasion: str, now: datetime,
    already_sent: Collection[str],
) -> int:  # fmt: skip
    """Open, reopen or update one alert; 1 when it was not open before."""
    is_open = state is not None and state["status"] == "open"
    if is_open and state["occasion"] == occasion and state["severity"] == alert.severity:
        return 0
    event = _event(state, alert)
    version = (state["state_version"] if state is not None else 0) + (1 if event else 0)
    seen = (state["occurrences"] + (state["occasion"] != occasion)) if is_open else 1
    since = state["first_seen"] if is_open else now
    values = {
        "plane": alert.plane, "kind": alert.kind, "asset": alert.asset, "metric": alert.metric, "entity": alert.entity,
        "severity": alert.severity, "status": "open", "state_version": version, "title": alert.title,
        "facts": dict(alert.facts), "occurrences": seen, "occasion": occasion, "as_of": alert.as_of,
        "first_seen": since, "last_seen": now, "resolved_at": None,
    }  # fmt: skip
    connection.execute(sa.delete(ALERT_STATE).where(ALERT_STATE.c.fingerprint == mark))
    connection.execute(sa.insert(ALERT_STATE).values(fingerprint=mark, **values))
    if event:
        _note(connection, mark, version, event, alert.severity, occasion, now)
    if event and (event != "severity" or is_worse(alert.severity, state["severity"])):
        _queue(connection, settings, mark, alert, version, since, seen, now, already_sent)
    return 0 if is_open else 1


def _event(state: Any, alert: Alert) -> str:
    if state is None:
        return "opened"
    if state["status"] != "open":
        return "reopened"
    return "severity" if state["severity"] != alert.severity else ""


def _over(connection: sa.Connection, settings: Settings, state: Any, occasion: str, now: datetime) -> None:
    """Resolve one alert, and tell it where it was told; "all clear" never opens anything."""
    mark, version = state["fingerprint"], state["state_version"] + 1
    values = {
        "status": "resolved",
        "state_version": version,
        "resolved_at": now,
        "last_seen": now,
        "occasion": occasion,
    }
    connection.execute(sa.update(ALERT_STATE).where(ALERT_STATE.c.fingerprint == mark).values(values))
    _note(connection, mark, version, "resolved", state["severity"], occasion, now)
    outbox = ALERT_OUTBOX
    triggers = sa.and_(outbox.c.fingerprint == mark, outbox.c.action == "trigger")
    told = sa.select(outbox.c.channel).distinct().where(
        triggers,
        outbox.c.queued_at >= state["first_seen"],
        sa.or_(outbox.c.status == "sent", sa.and_(outbox.c.status == "pending", outbox.c.attempts > 0)),
    )  # fmt: skip
    heard = list(connection.scalars(told))
    connection.execute(sa.update(outbox).where(triggers, outbox.c.status == "pending").values(status="superseded"))
    alert = _alert(state)
    said = message(
        alert, mark, settings.environment, routing().route(alert), "resolve", state["first_seen"], state["occurrences"]
    )
    for channel in heard:
        _insert(connection, said, channel, version, now, "pending")


def _queue(
    connection: sa.Connection, settings: Settings, mark: str, alert: Alert, version: int, since: datetime, seen: int,
    now: datetime, already_sent: Collection[str],
) -> None:  # fmt: skip
    route = routing().route(alert)
    said = message(alert, mark, settings.environment, route, "trigger", since, seen)
    for channel in channels(settings, route):
        _insert(connection, said, channel, version, now, "sent" if channel in already_sent else "pending")


def _insert(
    connection: sa.Connection, said: dict[str, Any], channel: str, version: int, now: datetime, status: str
) -> None:
    connection.execute(
        sa.insert(ALERT_OUTBOX).values(
            fingerprint=said["fingerprint"], channel=channel, action=said["action"], state_version=version,
            kind=said["kind"], message=said, status=status, attempts=0, next_try=now, reason="", queued_at=now,
            sent_at=now if status == "sent" else None,
        )
    )  # fmt: skip


def _note(
    connection: sa.Connection, mark: str, version: int, event: str, severity: str, occasion: str, now: datetime
) -> None:
    values = {"fingerprint": mark, "state_version": version, "event": event, "severity": severity, "occasion": occasion}
    connection.execute(sa.insert(ALERT_EVENT).values(**values, happened_at=now))


def _alert(state: Any) -> Alert:
    day: date | None = state["as_of"]
    kept = Alert(state["kind"], state["asset"], state["title"], state["severity"], state["metric"], state["entity"])
    return replace(kept, facts=state["facts"] or {}, as_of=day)
