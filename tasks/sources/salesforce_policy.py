"""How Salesforce logs in and what its refusals mean."""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from tasks.errors import AuthError, ConfigError, ContractError, QuotaError
from tasks.sources.client import Client
from tasks.sources.judgement import Answer, Fatal, Forbidden, Policy, Refused, Retry, Verdict

log = logging.getLogger(__name__)

TOKEN: Final = "/services/oauth2/token"
ACTED_ON: Final = frozenset({"QUERY_TIMEOUT", "INVALID_QUERY_LOCATOR"})  # the reader answers these itself
USAGE: Final = re.compile(r"api-usage=(\d+)/(\d+)")
NEARLY: Final = 0.9  # of the day's requests
COLUMN: Final = re.compile(r"No such column '([A-Za-z0-9_.]+)' on entity '([A-Za-z0-9_]+)'")


def policy(prefix: str, client_id: str, client_secret: str) -> Policy:
    """The policy of one org; `prefix` names its settings."""
    return Policy(
        vendor="Salesforce",
        prefix=prefix,
        classify=lambda answer: classify(answer, prefix),
        authorize=lambda client: login(client, prefix, client_id, client_secret),
        observe=watch_usage,
        rejected=f"Salesforce refuses the session even with a fresh token: check the scopes of the app behind "
        f"{prefix}CLIENT_ID and {prefix}CLIENT_SECRET.",
    )


def login(client: Client, prefix: str, client_id: str, client_secret: str) -> Mapping[str, str]:
    """The headers of a fresh session, by the client-credentials flow; the token's own host is used from here on.

    Raises:
        ConfigError: no credentials are set.
        AuthError: Salesforce refuses them.
    """
    for name, value in (("CLIENT_ID", client_id), ("CLIENT_SECRET", client_secret)):
        if not value:
            raise ConfigError(f"{prefix}{name} is not set: put the connected app's value into the environment.")
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    answer = client.post(TOKEN, form)
    if not isinstance(answer, dict) or not answer.get("access_token"):
        raise ContractError(f"Salesforce answered a login without a token: check {prefix}URL (the org's My Domain).")
    if answer.get("instance_url"):
        client.url = str(answer["instance_url"])
    return {"Authorization": f"Bearer {answer['access_token']}"}


def watch_usage(answer: Answer) -> None:
    """Warn when the org has nearly used up its requests of 24 hours, as every answer's header tells."""
    usage = USAGE.search(answer.headers.get("Sforce-Limit-Info", ""))
    if usage and int(usage[1]) >= NEARLY * int(usage[2]):
        log.warning("Salesforce has used %s of %s requests in 24 hours: raise the limit or pull less", *usage.groups())


def classify(answer: Answer, prefix: str) -> Verdict | None:
    """What an error body says; None leaves it to the rules that hold for every vendor."""
    body = _body(answer)
    if isinstance(body, dict) and "error" in body:
        return _login_refused(str(body["error"]), prefix)
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
    if answer.status in (400, 404, 414, 431) or code == "TXN_SECURITY_METERING_ERROR":
        return Fatal(_refused(answer, code, prefix))
    return None


def _limit(message: str) -> Verdict:
    """The day's limit ends the pull; the limit of concurrent long requests passes in seconds."""
    if message.startswith("TotalRequests"):
        return Fatal(QuotaError("Salesforce's limit of API requests in 24 hours is used up: run again when it frees."))
    return Retry("too many concurrent requests")


def _login_refused(error: str, prefix: str) -> Verdict:
    if error == "rate_limit_exceeded":
        return Retry("too many logins")
    if error == "invalid_client_id":
        return Fatal(AuthError(f"Salesforce answered {error}: {prefix}CLIENT_ID is wrong."))
    if error == "invalid_client":
        return Fatal(AuthError(f"Salesforce answered {error}: {prefix}CLIENT_SECRET (or {prefix}CLIENT_ID) is wrong."))
    return Fatal(
        AuthError(
            f"Salesforce answered {error}: check that {prefix}URL is the org's My Domain and that the app behind "
            f"{prefix}CLIENT_ID allows the client-credentials flow with a user."
        )
    )


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
