"""Where alerts go: a Slack incoming webhook and PagerDuty's Events v2, as strict as the real ones."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import NAMESPACE_URL, uuid5

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.refusals import encoded

BLOCKS, SECTION, FIELDS, FIELD, PAYLOAD = 50, 3000, 10, 2000, 13_200  # Slack's limits
SUMMARY, DEDUP, EVENT_BYTES = 1024, 255, 512 * 1024  # PagerDuty's
ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")


@dataclass
class Incident:
    """One incident: from its first trigger to its resolve."""

    number: int
    dedup_key: str
    status: str  # triggered, acknowledged, resolved
    summary: str
    severity: str
    opened_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None
    triggers: int = 1


@dataclass
class Sinks:
    """Everything that arrived."""

    clock: Clock
    slack_token: str
    routing_key: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)

    def empty(self) -> None:
        """Forget it all."""
        for kept in (self.messages, self.events, self.incidents):
            kept.clear()

    def shown(self) -> list[dict[str, Any]]:
        """The incidents as plain rows, in the order they were opened."""
        return [asdict(incident) for incident in self.incidents]


def slack(sinks: Sinks) -> Starlette:
    """The webhook, mounted at /slack: POST /slack/{token}; answers are plain text, as Slack's."""

    async def post(request: Request) -> Response:
        if request.path_params["token"] != sinks.slack_token:
            return PlainTextResponse("invalid_token", 403)
        payload = _payload(request.headers.get("content-type", ""), await request.body())
        problem = slack_problem(payload)
        if problem or payload is None:
            return PlainTextResponse(problem, 400)
        sinks.messages.append({"received_at": sinks.clock.now.isoformat(), **payload})
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/{token}", post, methods=["POST"])])


def _payload(content_type: str, body: bytes) -> dict[str, Any] | None:
    try:
        text = parse_qs(body.decode())["payload"][0] if "form-urlencoded" in content_type else body
        payload = orjson.loads(text)
    except (ValueError, KeyError):
        return None
    return payload if isinstance(payload, dict) else None


def slack_problem(payload: Mapping[str, Any] | None) -> str:
    """Slack's word for what is wrong with a payload, empty when it would be posted."""
    if payload is None:
        return "invalid_payload"
    blocks = payload.get("blocks") or []
    if not (payload.get("text") or blocks or payload.get("attachments")):
        return "no_text"
    if len(blocks) > BLOCKS or any(not _is_valid_block(block) for block in blocks):
        return "invalid_blocks"
    return "msg_blocks_too_long" if len(orjson.dumps(blocks).decode()) > PAYLOAD else ""


def _is_valid_block(block: Any) -> bool:
    if not isinstance(block, dict) or not block.get("type"):
        return False
    if block["type"] == "header":
        return 0 < len((block.get("text") or {}).get("text", "")) <= 150
    if block["type"] == "context":
        return 0 < len(block.get("elements") or []) <= FIELDS
    if block["type"] == "actions":
        return 0 < len(block.get("elements") or []) <= 25
    if block["type"] != "section":
        return True
    text, fields = block.get("text"), block.get("fields") or []
    is_said = (text is not None and 0 < len(text.get("text", "")) <= SECTION) or (text is None and bool(fields))
    return is_said and len(fields) <= FIELDS and all(0 < len(each.get("text", "")) <= FIELD for each in fields)


def pagerduty(sinks: Sinks) -> Starlette:
    """The events endpoint, mounted at /v2: POST /v2/enqueue."""

    async def enqueue(request: Request) -> Response:
        body = await request.body()
        if len(body) > EVENT_BYTES:
            return encoded({"status": "invalid event", "message": "Event object is too large", "errors": []}, 413)
        try:
            event = orjson.loads(body)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            return _invalid(["JSON cannot be parsed"])
        if problems := pagerduty_problems(event, sinks.routing_key):
            return _invalid(problems)
        key = event.get("dedup_key") or uuid5(NAMESPACE_URL, str(len(sinks.events))).hex
        sinks.events.append({"received_at": sinks.clock.now.isoformat(), **event, "dedup_key": key})
        settle(sinks, event, key)
        return encoded({"status": "success", "message": "Event processed", "dedup_key": key}, 202)

    return Starlette(routes=[Route("/enqueue", enqueue, methods=["POST"])])


def _invalid(problems: list[str]) -> Response:
    return encoded({"status": "invalid event", "message": "Event object is invalid", "errors": problems}, 400)


def pagerduty_problems(event: Mapping[str, Any], routing_key: str) -> list[str]:
    """What PagerDuty would refuse an event for."""
    key, action = event.get("routing_key"), event.get("event_action")
    dedup, payload = event.get("dedup_key"), event.get("payload")
    checks = [
        (not isinstance(key, str) or len(key) != 32, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        (isinstance(key, str) and len(key) == 32 and key != routing_key, "Invalid routing key"),
        (action not in ACTIONS, f"'event_action' is invalid (must be one of {', '.join(ACTIONS)})"),
        (
            dedup is not None and (not isinstance(dedup, str) or len(dedup) > DEDUP),
            f"Length of 'dedup_key' is incorrect (should be at most {DEDUP} characters)",
        ),
        (action in ("acknowledge", "resolve") and not dedup, "'dedup_key' is missing or blank"),
        (action == "trigger" and not isinstance(payload, dict), "'payload' is missing or blank"),
        (
            any(not isinstance(link, dict) or not link.get("href") for link in event.get("links") or []),
            "'links' is invalid (each link needs an href)",
        ),
    ]
    found = [message for is_wrong, message in checks if is_wrong]
    return found + (_payload_problems(payload) if action == "trigger" and isinstance(payload, dict) else [])


def _payload_problems(payload: Mapping[str, Any]) -> list[str]:
    summary, source = payload.get("summary"), payload.get("source")
    details = payload.get("custom_details")
    checks = [
        (not isinstance(summary, str) or not summary, "'payload.summary' is missing or blank"),
        (isinstance(summary, str) and len(summary) > SUMMARY, f"'payload.summary' is longer than {SUMMARY} characters"),
        (not isinstance(source, str) or not source, "'payload.source' is missing or blank"),
        (
            payload.get("severity") not in SEVERITIES,
            f"'payload.severity' is invalid (must be one of: {', '.join(SEVERITIES)})",
        ),
        (details is not None and not isinstance(details, (dict, str)), "'payload.custom_details' must be an object"),
    ]
    return [message for is_wrong, message in checks if is_wrong]


def settle(sinks: Sinks, event: Mapping[str, Any], key: str) -> None:
    """Open, update, acknowledge or resolve the key's incident; without an open one only a trigger does anything."""
    now = sinks.clock.now
    incident = next((each for each in sinks.incidents if each.dedup_key == key and each.status != "resolved"), None)
    if event["event_action"] == "trigger":
        payload = event["payload"]
        if incident is None:
            sinks.incidents.append(
                Incident(len(sinks.incidents) + 1, key, "triggered", payload["summary"], payload["severity"], now, now)
            )
        else:
            incident.triggers += 1
            incident.updated_at, incident.summary, incident.severity = now, payload["summary"], payload["severity"]
    elif incident is not None:
        incident.updated_at = now
        incident.status = "acknowledged" if event["event_action"] == "acknowledge" else "resolved"
        incident.resolved_at = now if incident.status == "resolved" else None
