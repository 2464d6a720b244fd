"""What a request that meets a fault is answered with: the vendors' own error bodies, late, cut or broken answers."""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import ANSWERED, ANSWERED_BY_PORTAL, CARRIED, Fault, Faults
from sandbox.hubspot_refusals import portal_refusal

LIMITS = {
    "concurrency_limit": "ConcurrentPerOrgLongTxn Limit exceeded.",
    "daily_limit": "TotalRequests Limit exceeded.",
}
DAILY_REQUESTS = 100_000  # the org's allowance for 24 hours
HTML = "<html><head><title>Service Unavailable</title></head><body><h1>We'll be right back</h1></body></html>"


def encoded(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, headers, media_type="application/json;charset=UTF-8")


def salesforce_error(status: int, code: str, message: str) -> Response:
    """Salesforce's error: an array with one object."""
    return encoded([{"message": message, "errorCode": code}], status)


def kantata_error(status: int, kind: str, message: str) -> Response:
    """Kantata's error: `kind` is oauth, system or validation."""
    return encoded({"errors": [{"type": kind, "message": message}]}, status)


def rocketlane_error(status: int, code: str, message: str, field: str = "") -> Response:
    """Rocketlane's error: a code, and the field at fault where there is one."""
    return encoded(
        {"errors": [{"errorCode": code, "errorMessage": message} | ({"field": field} if field else {})]}, status
    )


def zendesk_error(status: int, code: str, description: str) -> Response:
    """Zendesk's error: a code and a sentence."""
    return encoded({"error": code, "description": description}, status)


def refusal(fault: Fault, vendor: str, path: str) -> Response:
    """What a vendor answers instead of what was asked for at a path."""
    if vendor == "hubspot":
        return portal_refusal(fault, path)
    if fault.name in ("rate_limit", "rate_limit_silent"):
        answer = _too_many(vendor)
        if fault.name == "rate_limit" and vendor == "rocketlane":
            answer.headers["X-Retry-After"] = str(int((time.time() + fault.seconds) * 1000))
        elif fault.name == "rate_limit":
            answer.headers["Retry-After"] = str(math.ceil(fault.seconds))
        return answer
    if fault.name in LIMITS:
        answer = salesforce_error(403, "REQUEST_LIMIT_EXCEEDED", LIMITS[fault.name])
        if fault.name == "daily_limit":
            answer.headers["Sforce-Limit-Info"] = f"api-usage={DAILY_REQUESTS}/{DAILY_REQUESTS}"
        return answer
    if fault.name == "denied_scope":
        return _denied(vendor)
    return _broken_down(fault, vendor)


def _too_many(vendor: str) -> Response:
    if vendor == "salesforce":
        return salesforce_error(429, "REQUEST_LIMIT_EXCEEDED", "Too many requests, try again later.")
    if vendor == "kantata":
        return kantata_error(429, "system", "Rate limit exceeded, retry after a small delay")
    if vendor == "rocketlane":
        return rocketlane_error(429, "TOO_MANY_REQUEST", "Rate limit exceeded")
    if vendor == "zendesk":
        return zendesk_error(429, "APIRateLimitExceeded", "Number of allowed incremental ticket export API requests")
    if vendor == "slack":
        return Response("rate_limited", 429, media_type="text/plain")
    return encoded({"status": "throttle exceeded", "message": "Requests are arriving too quickly."}, 429)


def _denied(vendor: str) -> Response:
    if vendor == "salesforce":
        return salesforce_error(
            403,
            "INSUFFICIENT_ACCESS",
            "You do not have the level of access necessary to perform the operation you requested.",
        )
    if vendor == "rocketlane":
        return rocketlane_error(403, "FORBIDDEN", "Forbidden: User has no access")
    if vendor == "zendesk":
        forbidden = {"title": "Forbidden", "message": "You do not have access to this page."}
        return encoded({"error": forbidden}, 403)
    return kantata_error(403, "system", "You are not authorized to perform this action")


def _broken_down(fault: Fault, vendor: str) -> Response:
    if fault.status in (406, 420):
        return Response(b"", fault.status)
    if fault.is_html:
        return Response(HTML, fault.status, media_type="text/html")
    if vendor == "salesforce":
        code = "SERVER_UNAVAILABLE" if fault.status == 503 else "UNKNOWN_EXCEPTION"
        return salesforce_error(fault.status, code, "An unexpected error occurred. Please try again.")
    if vendor == "kantata":
        return kantata_error(fault.status, "system", "Something went wrong, please try again")
    if vendor == "rocketlane":
        return rocketlane_error(fault.status, "SERVER_ERROR", "Server Error: something went wrong")
    if vendor == "zendesk":
        return zendesk_error(fault.status, "ServiceUnavailable", "Something went wrong, please try again")
    text = "rollup_error" if vendor == "slack" else "Internal Server Error"
    return Response(text, fault.status, media_type="text/plain")


@dataclass(frozen=True)
class Faulty:
    """A vendor behind its faults (ASGI)."""

    app: ASGIApp
    vendor: str
    faults: Faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or misbehave."""
        fault = (
            self.faults.due((*ANSWERED, *ANSWERED_BY_PORTAL, *CARRIED), self.vendor, target(scope))
            if scope["type"] == "http"
            else None
        )
        if fault is None:
            await self.app(scope, receive, send)
        elif fault.name not in CARRIED:
            await refusal(fault, self.vendor, scope["path"])(scope, receive, send)
        elif fault.name == "timeout":
            await asyncio.sleep(fault.seconds)
            await self.app(scope, receive, send)
        else:
            await cut(self.app, scope, receive, send, is_whole_http=fault.name == "truncated_body")


def target(scope: Scope) -> str:
    """The decoded path and query of a request."""
    return f"{scope['path']}?{unquote_plus(scope['query_string'].decode())}"


async def cut(app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, is_whole_http: bool) -> None:
    """Half of the answer: as a complete HTTP message, or with the connection dropped in the middle."""
    kept: list[Message] = []

    async def keep(message: Message) -> None:
        kept.append(message)

    await app(scope, receive, keep)
    body = b"".join(message.get("body", b"") for message in kept[1:])
    half = body[: len(body) // 2]
    start = kept[0]
    if is_whole_http:
        others = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        start = {**start, "headers": [*others, (b"content-length", str(len(half)).encode())]}
    await send(start)
    # Returning with more to come makes the server drop the connection.
    await send({"type": "http.response.body", "body": half, "more_body": not is_whole_http})
