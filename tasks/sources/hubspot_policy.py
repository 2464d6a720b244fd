"""How HubSpot is asked and what its refusals mean."""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from tasks.errors import AuthError, ConfigError, QuotaError
from tasks.sources.body import seconds_to_wait
from tasks.sources.client import Client
from tasks.sources.judgement import Answer, Fatal, Policy, Refused, Retry, Verdict

log = logging.getLogger(__name__)

# Seconds after which a limit that is not the day's has room again, where HubSpot names none.
ROOM_AFTER: Final[Mapping[str, float]] = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}
LOCKED, MIGRATING = 423, 477
SCOPE: Final = re.compile(r"[a-z0-9._-]{1,60}")
PROPERTY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
NEARLY: Final = 0.1  # of the day's requests, left


class MissingScope(ConfigError):
    """The token may not read one kind of record; others may be readable."""


def policy(prefix: str, token: str) -> Policy:
    """The policy of one portal; `prefix` names its settings."""
    return Policy(
        vendor="HubSpot",
        prefix=prefix,
        classify=lambda answer: classify(answer, prefix),
        authorize=lambda client: bearer(client, prefix, token),
        rejected=f"HubSpot answered 401 twice: {prefix}TOKEN is wrong or was revoked.",
        observe=watch_usage,
    )


def bearer(client: Client, prefix: str, token: str) -> Mapping[str, str]:
    """The headers of the long-lived token.

    Raises:
        ConfigError: no token is set, or one that no header can carry.
    """
    if not token:
        raise ConfigError(f"{prefix}TOKEN is not set: put the token of a service key or private app there.")
    if not token.isascii() or any(sign.isspace() for sign in token):
        raise ConfigError(f"{prefix}TOKEN holds a blank, a line break or a sign outside ASCII: copy the token again.")
    return {"Authorization": f"Bearer {token}"}


def watch_usage(answer: Answer) -> None:
    """Warn when the portal has nearly used up its requests of the day; a search and an OAuth app are not told."""
    most, left = (answer.headers.get(f"X-HubSpot-RateLimit-Daily{end}", "") for end in ("", "-Remaining"))
    if most.isdigit() and left.isdigit() and int(left) <= NEARLY * int(most):
        log.warning("HubSpot has %s of %s requests of the day left: raise the limit or pull less", left, most)


def classify(answer: Answer, prefix: str) -> Verdict | None:
    """What an error says by status, category and policy name, never by its text; None leaves it to the general rules.

    A missing scope and an unknown property concern one kind of record: the others can still be pulled.
    """
    body = _body(answer)
    category = str(body.get("category", ""))
    if answer.status == 401:
        why = "has expired" if category == "EXPIRED_AUTHENTICATION" else "is wrong or was revoked"
        return Fatal(AuthError(f"HubSpot answered 401: {prefix}TOKEN {why}: put a valid token there."))
    if answer.status == 403:
        return Fatal(_denied(answer, body, prefix))
    if answer.status == 429:
        return _limited(answer, str(body.get("policyName", "")))
    if answer.status in (LOCKED, MIGRATING):
        return Retry("a locked portal" if answer.status == LOCKED else "a migration", seconds_to_wait(answer.headers))
    if answer.status in (400, 404, 414):
        return Fatal(_refused(answer, body, category, prefix))
    return None


def _limited(answer: Answer, policy_name: str) -> Verdict:
    """The day's limit ends the pull; every other one passes within seconds."""
    if policy_name == "DAILY":
        return Fatal(
            QuotaError("HubSpot's requests of the day are used up; the day ends at midnight in the portal's time zone.")
        )
    wait = seconds_to_wait(answer.headers)
    return Retry("too many requests", ROOM_AFTER.get(policy_name) if wait is None else wait)


def _denied(answer: Answer, body: Mapping[str, Any], prefix: str) -> MissingScope:
    scopes = ", ".join(sorted(set(_contexts(body, "requiredGranularScopes", SCOPE)))) or "its scopes"
    return MissingScope(
        f"HubSpot answered 403 to {answer.path}: the app or key behind {prefix}TOKEN lacks {scopes}: add it there, or "
        f"take the entity out of the field map named by {prefix}FIELDS."
    )


def _refused(answer: Answer, body: Mapping[str, Any], category: str, prefix: str) -> ConfigError | Refused:
    unknown = ", ".join(_contexts(body, "propertyName", PROPERTY))
    if unknown:
        return ConfigError(
            f"HubSpot has no property {unknown} ({answer.path}): correct the field map named by {prefix}FIELDS."
        )
    if answer.status == 404:
        advice = f"check {prefix}API_VERSION, {prefix}URL and the field map's resources"
    else:
        advice = "check the field map and report it"
    kind = category if re.fullmatch(r"[A-Z_]{1,40}", category) else "no category given"
    message = f"HubSpot answered {answer.status} ({kind}) to {answer.path}: {advice}."
    return Refused(message, category or str(answer.status))


def _contexts(body: Mapping[str, Any], name: str, allowed: re.Pattern[str]) -> list[str]:
    """The values that the errors of a body give for a name, as far as they are plain names."""
    found: list[str] = []
    for error in body.get("errors") or ():
        context = error.get("context") if isinstance(error, dict) else None
        values = context.get(name) if isinstance(context, dict) else None
        found += [value for value in values or () if isinstance(value, str) and allowed.fullmatch(value)]
    return found


def _body(answer: Answer) -> Mapping[str, Any]:
    try:
        body = orjson.loads(answer.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
