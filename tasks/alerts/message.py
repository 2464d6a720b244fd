"""What an alert says: what broke, its impact, since when, the evidence, whose it is, and what to type."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tasks.alerts.alert import Alert, kind_of
from tasks.alerts.routing import Route

Message = Mapping[str, Any]  # plain JSON, as kept in the outbox
MAX_FACTS = 8


def message(
    alert: Alert, mark: str, environment: str, route: Route, action: str, since: datetime, occurrences: int
) -> dict[str, Any]:
    """The message of one alert, as plain JSON."""
    kind = kind_of(alert.kind)
    day = alert.as_of.isoformat() if alert.as_of else ""
    return {
        "action": action,
        "fingerprint": mark,
        "environment": environment,
        "plane": alert.plane,
        "kind": alert.kind,
        "asset": alert.asset,
        "entity": alert.entity,
        "severity": alert.severity,
        "title": alert.title,
        "impact": kind.impact,
        "as_of": day,
        "since": since.isoformat(timespec="minutes"),
        "occurrences": occurrences,
        "facts": dict(list(alert.facts.items())[:MAX_FACTS]),
        "owner": route.owner,
        "escalation": route.escalation,
        "runbook": kind.runbook,
        "replay": f"baton run nightly --as-of {day}" if day else "baton run nightly",
    }


def headline(said: Message) -> str:
    """One line: severity and what broke, or that it is over."""
    word = "RESOLVED" if said["action"] == "resolve" else str(said["severity"]).upper()
    return f"[{word}] {said['title']}"


def lines(said: Message) -> list[str]:
    """The message below its headline, line by line."""
    if said["action"] == "resolve":
        return [f"It was open since {said['since']} ({said['occurrences']} times seen). Nothing to do."]
    evidence = "; ".join(f"{name}: {value}" for name, value in said["facts"].items())
    escalation = f", then {said['escalation']}" if said["escalation"] else ""
    found = [
        f"Impact: {said['impact']}",
        f"Since: {said['since']}, seen {said['occurrences']} times"
        + (f", as of {said['as_of']}" if said["as_of"] else ""),
        f"Evidence: {evidence}" if evidence else "",
        f"Owner: {said['owner']}{escalation}",
        f"Runbook: {said['runbook']}",
        f"Replay: {said['replay']}" if said["plane"] == "operations" else "",
    ]
    return [line for line in found if line]
