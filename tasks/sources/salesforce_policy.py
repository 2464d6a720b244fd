"""What Salesforce's refusals mean, and how many of the org's requests a pull may see used."""

import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from config.settings import SalesforceOrg
from tasks.errors import ConfigError, QuotaError
from tasks.sources.judgement import Answer, Fatal, Forbidden, Policy, Refused, Retry, Verdict
from tasks.sources.salesforce_login import login, login_refused

ACTED_ON: Final = frozenset({"QUERY_TIMEOUT", "INVALID_QUERY_LOCATOR"})  # the reader answers these itself
USAGE: Final = re.compile(r"api-usage=(\d+)/(\d+)")
COLUMN: Final = re.compile(r"No such column '([A-Za-z0-9_.]+)' on entity '([A-Za-z0-9_]+)'")


@dataclass
class Budget:
    """The org's requests of 24 hours, as every answer tells, and the share of them that a pull may see used."""

    prefix: str
    share: float
    used: int = 0
    most: int = 0

    def observe(self, answer: Answer) -> None:
        """Note what an answer's header says."""
        if usage := USAGE.search(answer.headers.get("Sforce-Limit-Info", "")):
            self.used, self.most = int(usage[1]), int(usage[2])

    def permit(self) -> None:
        """Let the next request go.

        Raises:
            QuotaError: the share is used up, so that the org's other apps go on.
        """
        if self.most and self.used >= self.share * self.most:
            raise QuotaError(
                f"Salesforce has answered {self.used:,} of the org's {self.most:,} requests in 24 hours: the pull "
                f"stops at the share {self.share:g} so that the org's other apps go on. Run again when it frees, raise "
                f"{self.prefix}REQUESTS_SHARE, or see in the org's Setup (System Overview) who uses them."
            )


def policy(prefix: str, source: SalesforceOrg) -> Policy:
    """The policy of one org; `prefix` names its settings."""
    budget = Budget(prefix, source.requests_share)
    return Policy(
        vendor="Salesforce",
        prefix=prefix,
        classify=lambda answer: classify(answer, prefix),
        authorize=lambda client: login(client, prefix, source),
        observe=budget.observe,
        permit=budget.permit,
        rejected=f"Salesforce refuses the session even with a fresh token: check the scopes of the app behind "
        f"{prefix}CLIENT_ID.",
    )


def classify(answer: Answer, prefix: str) -> Verdict | None:
    """What an error body says; None leaves it to the rules that hold for every vendor."""
    if answer.status == 204:  # how the results of a Bulk job fail
        return Retry("an answer without content")
    body = _body(answer)
    if isinstance(body, dict) and "error" in body:
        return login_refused(str(body["error"]), str(body.get("error_description", "")), prefix)
    first = body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else {}
    code, message = str(first.get("errorCode", "")), str(first.get("message", ""))
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _limit(message)
    if answer.status == 403:
        return Fatal(Forbidden(f"Salesforce answered 403 {code}: give the user behind {prefix}CLIENT_ID API access."))
    if code in ACTED_ON:
        return Fatal(Refused(f"Salesforce answered {code}: run again with a smaller window.", code))
    if code in ("INVALID_FIELD", "INVALID_TYPE"):
        return Fatal(_unmapped(code, message, prefix))
    if answer.status in (400, 404, 409, 414, 431) or code == "TXN_SECURITY_METERING_ERROR":
        return Fatal(_refused(answer, code, prefix))
    return None


def _limit(message: str) -> Verdict:
    """The day's limit ends the pull; the limit of concurrent long requests passes in seconds."""
    if message.startswith("TotalRequests"):
        return Fatal(QuotaError("Salesforce's limit of API requests in 24 hours is used up: run again when it frees."))
    return Retry("too many concurrent requests")


def _unmapped(code: str, message: str, prefix: str) -> ConfigError:
    found = COLUMN.search(message)
    what = f"no field {found[1]} on {found[2]}" if found else f"something it does not know ({code})"
    return ConfigError(
        f"Salesforce has {what}: correct the field map named by {prefix}FIELDS, or give the user access to it."
    )


def _refused(answer: Answer, code: str, prefix: str) -> Refused:
    advice = {
        "TXN_SECURITY_METERING_ERROR": "give the user 'Exempt from Transaction Security'",
        "OPERATION_TOO_LARGE": "give the user 'View All Data'",
        "NOT_FOUND": f"check {prefix}API_VERSION and {prefix}URL",
    }.get(code, "check the field map and report it")
    message = f"Salesforce answered {answer.status} {code} to {answer.path}: {advice}."
    return Refused(message, code or str(answer.status))


def _body(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except ValueError:
        return None
