"""HubSpot's error bodies."""

import math
from typing import Any

import orjson
from starlette.responses import Response

from sandbox.faults import Fault

CORRELATION = "c033cdaa-2c40-4a64-ae48-b4cec88dad24"
LIMITS = {  # fault -> (policyName, its name in the message)
    "rate_limit": ("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
    "rate_limit_silent": ("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
    "search_limit": ("SECONDLY", "secondly"),
    "portal_day_used": ("DAILY", "daily"),
}


def portal_error(status: int, category: str, message: str, **more: Any) -> Response:
    """An object with status, message, correlation id and category."""
    body = {"status": "error", "message": message, "correlationId": CORRELATION, "category": category, **more}
    return Response(orjson.dumps(body), status, media_type="application/json;charset=utf-8")


def invalid(message: str, **context: list[str]) -> Response:
    """A 400; `context` is what an error says about the input."""
    errors = [{"message": message, "code": "INVALID", "context": context}] if context else []
    return portal_error(400, "VALIDATION_ERROR", message, **({"errors": errors} if errors else {}))


def portal_refusal(fault: Fault, path: str) -> Response:
    """What HubSpot answers instead of what was asked for; a search's limit and the day's come without headers."""
    if fault.name in LIMITS:
        policy, words = LIMITS[fault.name]
        body = {
            "status": "error",
            "message": f"You have reached your {words} limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": CORRELATION,
            "policyName": policy,
            "requestId": "3d3e35b7-0dae-4b9f-a6e3-9c230cbcf8dd",
        }
        headers = {"Retry-After": str(math.ceil(fault.seconds))} if fault.name == "rate_limit" else {}
        return Response(orjson.dumps(body), 429, headers, media_type="application/json;charset=utf-8")
    if fault.name == "portal_token_expired":
        words = "The OAuth token used to make this call expired 8 hour(s) ago."
        return portal_error(401, "EXPIRED_AUTHENTICATION", words, context={"expire time": ["2026-01-01T00:00:00Z"]})
    if fault.name == "portal_scope":
        kind = next((part for part in path.split("/")[3:] if part.isalpha() or "_" in part), "deals")
        words = "This app hasn't been granted all required scopes to make this call."
        errors = [{"message": words, "context": {"requiredGranularScopes": [f"crm.objects.{kind}.read"]}}]
        return portal_error(403, "MISSING_SCOPES", words, errors=errors)
    if fault.is_html:
        return Response("<html><body><h1>error code: 502</h1></body></html>", fault.status, media_type="text/html")
    if fault.status in (406, 420):
        return Response(b"", fault.status)
    return portal_error(fault.status, "INTERNAL_ERROR", "internal error")
