"""How Kantata is asked and what its refusals mean."""

from collections.abc import Mapping
from typing import Final

import orjson

from tasks.errors import ConfigError
from tasks.sources.client import Client
from tasks.sources.judgement import Answer, Fatal, Forbidden, Policy, Refused, Verdict


def policy(prefix: str, token: str) -> Policy:
    """The policy of one account; `prefix` names its settings. 429 comes without headers: the general backoff serves."""
    return Policy(
        vendor="Kantata",
        prefix=prefix,
        classify=lambda answer: classify(answer, prefix),
        authorize=lambda client: bearer(client, prefix, token),
        rejected=f"Kantata answered 401 twice: {prefix}TOKEN is wrong or was revoked.",
    )


def bearer(client: Client, prefix: str, token: str) -> Mapping[str, str]:
    """The headers of the long-lived token.

    Raises:
        ConfigError: no token is set.
    """
    if not token:
        raise ConfigError(f"{prefix}TOKEN is not set: put the account's API token into the environment.")
    return {"Authorization": f"Bearer {token}"}


def classify(answer: Answer, prefix: str) -> Verdict | None:
    """What an error body says; None leaves it to the rules that hold for every vendor."""
    if answer.status == 403:
        return Fatal(
            Forbidden(
                f"Kantata answered 403 to {answer.path}: give the user behind {prefix}TOKEN the right (events need the "
                "subscribed-events add-on and an administrator)."
            )
        )
    if answer.status in (400, 404, 422):
        return Fatal(
            Refused(
                f"Kantata answered {answer.status} ({_kind(answer)}) to {answer.path}: "
                "check the field map's resource and "
                f"params, and {prefix}URL.",
                str(answer.status),
            )
        )
    return None


def _kind(answer: Answer) -> str:
    """The type of the first error: system, validation, oauth; never its text."""
    known: Final = ("oauth", "system", "validation")
    try:
        kind = orjson.loads(answer.body)["errors"][0]["type"]
    except (ValueError, LookupError, TypeError):
        return "no reason given"
    return kind if kind in known else "other"
