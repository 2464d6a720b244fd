"""Alerts about the runs: raised by a run's own failure path, without a publish, and even without a warehouse."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path

import requests

from config.settings import Settings
from tasks.alerts.alert import Alert, Severity, fingerprint, kind_of
from tasks.alerts.channels import Http
from tasks.alerts.ledger import Judged, Settled, settle
from tasks.alerts.message import message
from tasks.alerts.outbox import send_directly
from tasks.alerts.routing import channels, routing
from tasks.errors import BatonError
from tasks.warehouse.connect import Warehouse

# Cause beats symptom: left, what is not said while right is said of the same asset; it is listed as impact instead.
SYMPTOMS: tuple[tuple[str, str], ...] = (("entity_failed", "source_failed"), ("stale_source", "source_failed"))
log = logging.getLogger("tasks.alerts")


def alert(
    kind: str, asset: str, title: str, as_of: date | None, *, severity: Severity | None = None, metric: str = "",
    entity: str = "", facts: Mapping[str, str] | None = None,
) -> Alert:  # fmt: skip
    """An alert of a kind, at the kind's own severity unless another is given."""
    return Alert(kind, asset, title, severity or kind_of(kind).severity, metric, entity, dict(facts or {}), as_of)


def raise_alert(
    where: Warehouse, settings: Settings, found: Alert, run_id: str, now: datetime, http: Http = requests
) -> None:
    """Open one alert; never raises. It is sent by the next `deliver`, or at once when the warehouse is down."""
    report(where, settings, [found], (), run_id, now, http)


def report(
    where: Warehouse, settings: Settings, found: Sequence[Alert], judged: Judged, run_id: str, now: datetime,
    http: Http = requests,
) -> Settled:  # fmt: skip
    """Open what a run found wrong and resolve what it looked at and found good; never raises.

    `judged` holds (kind, asset) pairs, asset None for all. When the warehouse is down the alerts go straight to their
    channels, with the same dedup_key as ever, and are entered into the ledger by the next report that reaches it.
    """
    causes, hidden = without_symptoms(found)
    try:
        _absorb(where, settings, now)
        return settle(where, settings, causes, judged, run_id, now, spared=hidden)
    except BatonError as error:
        log.error("The alert ledger cannot be written: %s", error)
    except Exception as error:  # alerting must not break a flow; its text may hold what must not be logged
        log.error("The alert ledger cannot be written (%s): report it as a bug", type(error).__name__)
    _send_without_ledger(where, settings, causes, run_id, now, http)
    return Settled()


def without_symptoms(found: Sequence[Alert]) -> tuple[list[Alert], list[Alert]]:
    """The causes, each with its symptoms counted in its facts, and the symptoms."""
    present = {(one.kind, one.asset) for one in found}
    causes_of = dict(SYMPTOMS)
    hidden = [one for one in found if (causes_of.get(one.kind, ""), one.asset) in present]
    causes = []
    for one in (each for each in found if each not in hidden):
        mine = [each for each in hidden if causes_of[each.kind] == one.kind and each.asset == one.asset]
        listed = ", ".join(sorted({f"{each.kind} {each.entity}".strip() for each in mine})[:5])
        causes.append(replace(one, facts={**one.facts, "also": listed}) if mine else one)
    return causes, hidden


def _send_without_ledger(
    where: Warehouse, settings: Settings, found: Sequence[Alert], run_id: str, now: datetime, http: Http
) -> None:
    spool = _spool(where)
    for one in found:
        route = routing().route(one)
        mark = fingerprint(settings.environment, one)
        said = message(one, mark, settings.environment, route, "trigger", now, 1)
        told = [name for name in channels(settings, route) if send_directly(settings, http, name, [said]).is_sent]
        line = {**asdict(one), "as_of": said["as_of"], "run_id": run_id, "told": told}
        try:
            spool.parent.mkdir(parents=True, exist_ok=True)
            with spool.open("a") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            log.error(
                "An alert could not be kept for the ledger (%s): resolve it by hand | %s",
                type(error).__name__,
                mark[:12],
            )


def _absorb(where: Warehouse, settings: Settings, now: datetime) -> None:
    """Enter what was sent while the warehouse was down into the ledger, so that it can be resolved."""
    spool = _spool(where)
    if not spool.exists():
        return
    for text in spool.read_text().splitlines():
        line = json.loads(text)
        run_id, told = line.pop("run_id"), line.pop("told")
        line["as_of"] = date.fromisoformat(line["as_of"]) if line["as_of"] else None
        settle(where, settings, [Alert(**line)], (), run_id, now, already_sent=told)
    spool.unlink()


def _spool(where: Warehouse) -> Path:
    return where.folder / "alerts.spool.jsonl"
