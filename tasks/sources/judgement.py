"""What an answer means: success, try again, renew the session, or stop; and how vendors differ in saying so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasks.errors import AuthError, BatonError, ContractError
from tasks.sources.body import seconds_to_wait

if TYPE_CHECKING:
    from tasks.sources.client import Client

TRANSIENT: Final = frozenset({406, 408, 420, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530})


class Refused(ContractError):
    """A permanent refusal with the vendor's own code, so that a source can act on it."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Forbidden(AuthError):
    """The credentials are good but lack a right."""


@dataclass(frozen=True)
class Retry:
    """Transient: try again, not before `after` seconds when the vendor named them."""

    why: str
    after: float | None = None


@dataclass(frozen=True)
class Replay:
    """The session has ended: renew it and send the same request once more."""


@dataclass(frozen=True)
class Fatal:
    """Permanent: raise this."""

    error: BatonError


Verdict = Retry | Replay | Fatal


@dataclass(frozen=True)
class Answer:
    """What a vendor said: status, headers and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    path: str = ""


@dataclass(frozen=True)
class Policy:
    """What differs between vendors.

    `classify` judges an answer that is not a success (None: the general rules); `authorize` gives fresh headers;
    `rejected` is the error of a request refused even with fresh headers. `observe` sees every answer, and `permit`
    raises before a request that must not be sent.
    """

    vendor: str
    prefix: str  # of the settings, e.g. BATON_SOURCES__SALESFORCE__
    classify: Callable[[Answer], Verdict | None]
    authorize: Callable[["Client"], Mapping[str, str]]
    rejected: str
    observe: Callable[[Answer], None] = lambda answer: None
    permit: Callable[[], None] = lambda: None


def general(answer: Answer, policy: Policy) -> Verdict:
    """The rules that hold for every vendor."""
    if answer.status == 401:
        return Replay()
    if answer.status in TRANSIENT or answer.status == 200:
        return Retry(f"status {answer.status}", seconds_to_wait(answer.headers))
    return Fatal(
        Refused(
            f"{policy.vendor} answered {answer.status} to {answer.path}: check {policy.prefix}URL and the field map's "
            "resource names.",
            str(answer.status),
        )
    )
