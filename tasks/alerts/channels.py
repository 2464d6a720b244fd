"""What every channel has in common: it posts once and says how that went, never raising."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import requests

TIMEOUT_SECONDS = 10


class Http(Protocol):
    """What a channel needs of `requests`."""

    def post(self, url: str, *, json: Any, timeout: float) -> Any:
        """Post JSON."""


@dataclass(frozen=True)
class Outcome:
    """How a delivery went; the reason never holds the address, which is a secret."""

    is_sent: bool
    reason: str = ""
    can_retry: bool = False
    retry_after_seconds: float = 0


def post(http: Http, name: str, setting: str, url: str, payload: Mapping[str, Any]) -> Outcome:
    """Post to a channel: 429, 5xx and network errors may be tried again, anything else is final."""
    try:
        answer = http.post(url, json=payload, timeout=TIMEOUT_SECONDS)
    except requests.RequestException as error:  # its text holds the URL: only the class is told
        return Outcome(False, f"{name} could not be reached ({type(error).__name__})", can_retry=True)
    status = answer.status_code
    if 200 <= status < 300:
        return Outcome(True)
    if status == 429 or status >= 500:
        wait = str(answer.headers.get("Retry-After", ""))
        return Outcome(False, f"{name} answered {status}", True, float(wait) if wait.isdigit() else 0)
    return Outcome(False, f"{name} answered {status}: check {setting}")
