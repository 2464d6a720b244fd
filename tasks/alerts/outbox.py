"""Sending what is queued: at least once, in order, with growing pauses, and never at the cost of the flow."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
import sqlalchemy as sa

from config.settings import Settings
from tasks.alerts import console, pagerduty, slack
from tasks.alerts.channels import Http, Outcome
from tasks.alerts.message import Message
from tasks.errors import BatonError
from tasks.warehouse.connect import Warehouse, ops_transaction
from tasks.warehouse.ops import ALERT_OUTBOX, create_ops

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=2)  # a sender killed between sending and noting it: the next one sends again
PAUSES = (1, 2, 5, 15, 30, 60, 60, 60)  # minutes after each failed attempt
log = logging.getLogger("tasks.alerts")


@dataclass(frozen=True)
class Delivered:
    """What a delivery round did, in alerts."""

    sent: int = 0
    waiting: int = 0  # will be tried again
    dead: int = 0  # given up; logged as errors


def deliver(where: Warehouse, settings: Settings, now: datetime, http: Http = requests) -> Delivered:
    """Send what is due; a failure is noted and tried later, and never raised.

    Alerts of one kind, action and channel go as one Slack message. A kill between sending and noting it sends again
    after two minutes: PagerDuty drops the repetition by its dedup_key.
    """
    try:
        create_ops(where)
        due = _claim(where, now)
        outcomes = [(group, _send(settings, http, group)) for group in _groups(due)]
        return _note(where, outcomes, now)
    except BatonError as error:
        log.error("Alerts stay queued, run again: %s", error)
    except Exception as error:  # alerting must not break a flow; its text may hold what must not be logged
        log.error("Alerts stay queued (%s): report it as a bug", type(error).__name__)
    return Delivered()


def send_directly(settings: Settings, http: Http, channel: str, said: Sequence[Message]) -> Outcome:
    """Send messages of one kind and action, without the ledger."""
    if channel == "slack":
        return slack.tell(settings, http, said)
    outcomes = [pagerduty.tell(settings, http, one) if channel == "pagerduty" else console.tell(one) for one in said]
    return next((outcome for outcome in outcomes if not outcome.is_sent), Outcome(True))


def _claim(where: Warehouse, now: datetime) -> list[dict[str, Any]]:
    """The rows that are due, taken for the length of the lease, oldest first; a second sender gets none of them."""
    outbox = ALERT_OUTBOX
    is_due = sa.and_(outbox.c.status == "pending", outbox.c.next_try <= now)
    with ops_transaction(where) as connection:
        taken = connection.execute(
            sa.update(outbox)
            .where(is_due)
            .values(next_try=now + LEASE, attempts=outbox.c.attempts + 1)
            .returning(outbox)
        )
        due = [dict(row._mapping) for row in taken]
    return sorted(due, key=lambda row: (row["queued_at"], row["state_version"], row["fingerprint"]))


def _groups(due: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows that make one message: PagerDuty's and the console's alone, Slack's by kind and action."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in due:
        alone = () if row["channel"] == "slack" else (row["fingerprint"], row["state_version"])
        groups.setdefault((row["channel"], row["kind"], row["action"], *alone), []).append(row)
    return list(groups.values())


def _send(settings: Settings, http: Http, group: Sequence[Mapping[str, Any]]) -> Outcome:
    try:
        return send_directly(settings, http, group[0]["channel"], [row["message"] for row in group])
    except Exception as error:  # a message that cannot be built must not stop the others, nor the flow
        return Outcome(False, f"{type(error).__name__} in channel {group[0]['channel']}: report it as a bug")


def _note(where: Warehouse, outcomes: Sequence[tuple[Sequence[dict[str, Any]], Outcome]], now: datetime) -> Delivered:
    outbox, sent, waiting, dead = ALERT_OUTBOX, 0, 0, 0
    with ops_transaction(where) as connection:
        for group, outcome in outcomes:
            for row in group:
                values = _after(row, outcome, now)
                key = sa.and_(
                    *(outbox.c[name] == row[name] for name in ("fingerprint", "channel", "action", "state_version"))
                )
                connection.execute(sa.update(outbox).where(key).values(**values))
                sent, waiting, dead = (
                    sent + (values["status"] == "sent"), waiting + (values["status"] == "pending"),
                    dead + (values["status"] == "dead"),
                )  # fmt: skip
                if values["status"] == "dead":
                    log.error(
                        "%s not sent to %s: %s | %s",
                        row["kind"],
                        row["channel"],
                        outcome.reason,
                        row["fingerprint"][:12],
                    )
    return Delivered(sent, waiting, dead)


def _after(row: Mapping[str, Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
    if outcome.is_sent:
        return {"status": "sent", "sent_at": now, "reason": ""}
    if not outcome.can_retry or row["attempts"] >= MAX_ATTEMPTS:
        return {"status": "dead", "reason": outcome.reason}
    pause = timedelta(minutes=PAUSES[min(row["attempts"], len(PAUSES)) - 1])
    return {
        "status": "pending",
        "next_try": now + max(pause, timedelta(seconds=outcome.retry_after_seconds)),
        "reason": outcome.reason,
    }
