"""What each of HubSpot's refusals means, body in, verdict out."""

import logging

import orjson
import pytest

from tasks.errors import AuthError, ConfigError, QuotaError
from tasks.sources.hubspot_policy import MissingScope, classify, watch_usage
from tasks.sources.judgement import Answer, Fatal, Refused, Retry

PREFIX = "BATON_SOURCES__HUBSPOT__"
TOLD = "somebody@example.com"


def judged(status: int, headers: dict | None = None, **body):
    content = orjson.dumps({"status": "error", "message": TOLD, **body})
    return classify(Answer(status, headers or {}, content, "/crm/objects/2026-09/deals"), PREFIX)


@pytest.mark.parametrize(
    ("policy_name", "headers", "seconds"),
    [
        ("TEN_SECONDLY_ROLLING", {}, 10.0),
        ("SECONDLY", {}, 1.0),
        ("SECONDLY", {"Retry-After": "3"}, 3.0),
        ("SOMETHING_NEW", {}, None),  # the client's own growing pause
    ],
)
def test_a_limit_that_passes_is_waited_for(policy_name, headers, seconds):
    assert judged(429, headers, policyName=policy_name) == Retry("too many requests", seconds)


@pytest.mark.parametrize(("status", "headers", "seconds"), [(423, {}, None), (477, {"Retry-After": "600"}, 600.0)])
def test_a_locked_or_moving_portal_is_tried_again(status, headers, seconds):
    verdict = judged(status, headers)
    assert isinstance(verdict, Retry)
    assert verdict.after == seconds


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (429, {"policyName": "DAILY"}, QuotaError, "requests of the day are used up"),
        (401, {"category": "INVALID_AUTHENTICATION"}, AuthError, f"{PREFIX}TOKEN is wrong or was revoked"),
        (401, {"category": "EXPIRED_AUTHENTICATION"}, AuthError, f"{PREFIX}TOKEN has expired"),
        (403, {"errors": [{"context": {"requiredGranularScopes": ["crm.objects.deals.read", TOLD]}}]}, MissingScope,
         "lacks crm.objects.deals.read: add"),
        (403, {}, MissingScope, "lacks its scopes"),
        (400, {"category": "VALIDATION_ERROR", "errors": [{"context": {"propertyName": ["no_such", TOLD]}}]},
         ConfigError, "no property no_such (/crm"),
        (400, {"category": TOLD, "errors": [{"context": None}, TOLD]}, Refused, "400 (no category given)"),
        (404, {"category": "OBJECT_NOT_FOUND"}, Refused, f"{PREFIX}API_VERSION"),
    ],
)  # fmt: skip
def test_what_does_not_pass_names_its_remedy_and_none_of_hubspots_text(status, body, kind, words):
    verdict = judged(status, **body)
    assert isinstance(verdict, Fatal)
    assert type(verdict.error) is kind
    assert words in str(verdict.error)
    assert TOLD not in str(verdict.error)


@pytest.mark.parametrize("status", [500, 502, 504, 530])
def test_the_rest_is_left_to_the_general_rules(status):
    assert judged(status) is None


@pytest.mark.parametrize(("left", "is_told"), [("65000", True), ("65001", False), ("", False)])
def test_a_nearly_used_up_day_is_told(caplog, left, is_told):
    caplog.set_level(logging.WARNING)
    named = {"X-HubSpot-RateLimit-Daily": "650000", "X-HubSpot-RateLimit-Daily-Remaining": left}
    watch_usage(Answer(200, named, b"", ""))
    assert ("of the day left" in caplog.text) is is_told
