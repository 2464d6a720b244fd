"""How Rocketlane is asked and what its refusals mean."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import orjson

from tasks.errors import ConfigError
from tasks.sources.body import seconds_to_wait
from tasks.sources.judgement import Answer, Fatal, Forbidden, Policy, Refused, Retry, Verdict

CODES: Final = ("BAD_REQUEST", "NOT_FOUND", "NOT_AUTHORIZED", "SERVER_ERROR", "TOO_MANY_REQUEST")
FIELD_NAME: Final = re.compile(r"[A-Za-z][A-Za-z.]{0,60}")


def policy(prefix: str, key: str) -> Policy:
    """The policy of one account; `prefix` names its settings."""
    return Policy(
        vendor="Rocketlane",
        prefix=prefix,
        classify=lambda answer: classify(answer, prefix),
        authorize=lambda _client: keyed(prefix, key),
        rejected=f"Rocketlane answered 401 twice: {prefix}API_KEY is wrong or was revoked.",
    )


def keyed(prefix: str, key: str) -> Mapping[str, str]:
    """The header with the API key.

    Raises:
        ConfigError: no key is set.
    """
    if not key:
        raise ConfigError(f"{prefix}API_KEY is not set: put an API key of the account into the environment.")
    return {"api-key": key}


def classify(answer: Answer, prefix: str) -> Verdict | None:
    """What an error says; None leaves it to the rules that hold for every vendor."""
    if answer.status == 429:
        return Retry("status 429", until(answer.headers))
    if answer.status == 403:
        return Fatal(
            Forbidden(
                f"Rocketlane answered 403 to {answer.path}: give the user behind {prefix}API_KEY the right to read it."
            )
        )
    if answer.status in (400, 404, 422):
        return Fatal(
            Refused(
                f"Rocketlane answered {answer.status} ({_reason(answer)}) to {answer.path}: check the field map's "
                f"resource, params and paths, and {prefix}URL.",
                str(answer.status),
            )
        )
    return None


def until(headers: Mapping[str, str]) -> float | None:
    """The seconds to wait: X-Retry-After is an instant in epoch milliseconds, taken on the clock of the answer itself.

    The machine's clock may be wrong; the answer's Date (whole seconds) is Rocketlane's own.
    """
    try:
        instant = float(headers.get("X-Retry-After", "")) / 1000
    except ValueError:
        return seconds_to_wait(headers)
    try:
        now = parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except ValueError:
        now = datetime.now(UTC).timestamp()
    return max(0.0, instant - now)


def _reason(answer: Answer) -> str:
    """The code and the field of the first error; never its text."""
    try:
        error = orjson.loads(answer.body)["errors"][0]
        code, field = error["errorCode"], error.get("field")
    except (ValueError, LookupError, TypeError, AttributeError):
        return "no reason given"
    code = code if code in CODES else "another code"
    return f"{code}, field {field}" if isinstance(field, str) and FIELD_NAME.fullmatch(field) else code
