"""How Zendesk is asked and what its refusals mean."""

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

import orjson

from config.settings import ZendeskSource
from tasks.errors import ConfigError
from tasks.sources.judgement import Answer, Fatal, Forbidden, Policy, Refused, Verdict

CODE: Final = re.compile(r"[A-Za-z]{1,40}")  # RecordNotFound, StartTimeTooRecent …; never a sentence


def policy(prefix: str, source: ZendeskSource) -> Policy:
    """The policy of one account; `prefix` names its settings."""
    return Policy(
        vendor="Zendesk",
        prefix=prefix,
        classify=lambda answer: classify(answer, prefix),
        authorize=lambda _client: authorized(prefix, source),
        rejected=(
            f"Zendesk answered 401 twice: {prefix}OAUTH_TOKEN, or {prefix}EMAIL with {prefix}API_TOKEN, is wrong or "
            "was revoked, or token access is off in the Admin Center."
        ),
    )


def authorized(prefix: str, source: ZendeskSource) -> Mapping[str, str]:
    """The header with the OAuth token, else with the e-mail address and the API token.

    Raises:
        ConfigError: neither is set.
    """
    if bearer := source.oauth_token.get_secret_value():
        return {"Authorization": f"Bearer {bearer}"}
    token = source.api_token.get_secret_value()
    if not (token and source.email):
        raise ConfigError(
            f"{prefix}API_TOKEN is not set, or {prefix}EMAIL, whose token it is: put both into the environment, or an "
            f"OAuth token as {prefix}OAUTH_TOKEN."
        )
    return {"Authorization": "Basic " + b64encode(f"{source.email}/token:{token}".encode()).decode()}


def classify(answer: Answer, prefix: str) -> Verdict | None:
    """What an error says; None leaves it to the rules that hold for every vendor, a 429 with Retry-After among them."""
    if answer.status == 403:
        return Fatal(
            Forbidden(
                f"Zendesk answered 403 to {answer.path}: give the user behind {prefix}EMAIL or {prefix}OAUTH_TOKEN the "
                "role of an administrator; only they may export tickets."
            )
        )
    if answer.status in (400, 404, 422):
        return Fatal(
            Refused(
                f"Zendesk answered {answer.status} ({_code(answer)}) to {answer.path}: check the field map's resource "
                f"and {prefix}URL (https://….zendesk.com/api/v2).",
                str(answer.status),
            )
        )
    return None


def _code(answer: Answer) -> str:
    """The code of the error; never its text."""
    try:
        code = orjson.loads(answer.body)["error"]
    except (ValueError, LookupError, TypeError):
        return "no reason given"
    return code if isinstance(code, str) and CODE.fullmatch(code) else "another reason"
