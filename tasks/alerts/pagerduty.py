"""PagerDuty's Events v2: the fingerprint is the dedup_key, so that one cause is one incident, and can be resolved.

Neither Prefect's block nor Great Expectations' action sends a dedup_key of its own or ever resolves.
"""

from typing import Any

from config.settings import Settings
from tasks.alerts.channels import Http, Outcome, post
from tasks.alerts.message import Message, headline, lines

MAX_SUMMARY = 1024
MAX_DETAIL = 2_000


def tell(settings: Settings, http: Http, said: Message) -> Outcome:
    """Open, update or resolve the incident."""
    where = settings.pagerduty
    return post(
        http, "PagerDuty", "BATON_PAGERDUTY__ROUTING_KEY", where.url, event(where.routing_key.get_secret_value(), said)
    )


def event(routing_key: str, said: Message) -> dict[str, Any]:
    """The event of a message; a resolve carries nothing but its key."""
    found: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": said["action"],
        "dedup_key": said["fingerprint"],
    }
    if said["action"] == "resolve":
        return found
    payload = {
        "summary": headline(said)[:MAX_SUMMARY],
        "source": f"baton/{said['environment']}",
        "severity": said["severity"],
        "component": said["asset"],
        "group": said["plane"],
        "class": said["kind"],
        "custom_details": {"message": "\n".join(lines(said))[:MAX_DETAIL], "replay": said["replay"]},
    }
    return {**found, "payload": payload, "client": "Baton"}
