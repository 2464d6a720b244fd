"""One HTTP client for all vendors: the transient is retried, an ended session renewed once, the rest final.

Several threads may ask at once. They share what the vendor said: a session is renewed by one of them, and a pause that
one was told to make is made by all.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from config.settings import HttpSource
from tasks.errors import AuthError, QuotaError, SourceError, UnreachableError
from tasks.sources.body import is_cut, parsed
from tasks.sources.counts import Counts
from tasks.sources.exchange import BROKEN, exchange, settle
from tasks.sources.judgement import Answer, Fatal, Policy, Replay, Retry, general
from tasks.sources.lanes import Lanes

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 60.0  # seconds, unless the vendor asks for more

Read = Callable[[Answer], Any]


def _json(answer: Answer) -> Any:
    return parsed(answer.body)


@dataclass
class Client:
    """A session with one vendor: credentials, deadline and counters."""

    url: str
    policy: Policy
    timeout_seconds: float
    deadline_seconds: float
    attempts: int = 8  # of one request, the first included
    retry_seconds: float = 1.0  # before the first retry; doubles with each
    concurrency: int = 1  # requests under way at the same time
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    counts: Counts = field(default_factory=Counts)
    headers: Mapping[str, str] | None = field(default=None, repr=False)  # they hold the token
    session: requests.Session = field(default_factory=requests.Session)  # its connections serve every thread

    def __post_init__(self) -> None:
        self.lanes = Lanes(self.concurrency, self.sleep, self.clock)
        self.renewing = threading.Lock()
        settle(self.session, self.url)
        self.begin()

    def begin(self) -> None:
        """Start the deadline: of a first request, or of the next slice of a long read."""
        self.deadline = self.clock() + self.deadline_seconds

    def abandon(self) -> None:
        """Let every request under way fail soon: nobody waits for its answer any more."""
        self.deadline = float("-inf")

    def wait(self, seconds: float, why: str) -> None:
        """Wait for the vendor to get something ready; the deadline and `abandon` hold here too."""
        self._check_deadline(why, seconds)
        self.sleep(seconds)

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read: Read = _json,
    ) -> Any:
        """What a GET brings; `path` is below the vendor's URL, or absolute on the same host.

        Args:
            path: Where.
            params: The query.
            headers: Beside the session's.
            read: Makes a value of the answer, by default of its JSON; its ValueError says that the body is broken.

        Raises:
            SourceError: see its kinds; the message names the setting or the remedy.
        """
        return self._in_session("GET", path, headers or {}, params=params, read=read)

    def ask(self, path: str, question: Any) -> Any:
        """The parsed JSON body of a POST that only asks, such as a search: it may be sent again; errors as `get`."""
        return self._in_session("POST", path, {}, question=question)

    def _in_session(self, method: str, path: str, headers: Mapping[str, str], **request: Any) -> Any:
        """The answer to a request that needs a session, which is renewed once when it has ended."""
        refused = None
        while True:
            session = self._renewed(refused)
            verdict, value = self._patient(method, path, headers={**headers, **session}, **request)
            if verdict is None:
                return value
            if refused is not None:
                raise AuthError(self.policy.rejected)
            refused = session
            self.counts.add(retries=1)

    def _renewed(self, refused: Mapping[str, str] | None) -> Mapping[str, str]:
        """The session's headers; a new session where there is none or it is the refused one, by one thread only."""
        with self.renewing:
            if self.headers is refused:
                self.headers = self.policy.authorize(self)
            assert self.headers is not None
            return self.headers

    def post(self, path: str, form: Mapping[str, str]) -> Any:
        """The parsed JSON body of a form POST without credentials in its headers: a login."""
        verdict, value = self._patient("POST", path, form=form)
        if verdict is not None:
            raise AuthError(self.policy.rejected)
        return value

    def _patient(self, method: str, path: str, **request: Any) -> tuple[Replay | None, Any]:
        """Send until it succeeds, fails for good or the session has ended."""
        why = ""
        for attempt in range(1, self.attempts + 1):
            verdict, value = self._once(method, path, **request)
            if not isinstance(verdict, Retry):
                return verdict, value
            why = verdict.why
            if attempt < self.attempts:
                self._pause(verdict, attempt)
        raise UnreachableError(
            f"{self.policy.vendor} failed {self.attempts} times ({why}): check {self.policy.prefix}URL "
            f"({urlsplit(self.url).hostname}) and the vendor's status page, then run again."
        )

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        question: Any = None,
        read: Read = _json,
    ) -> tuple[Retry | Replay | None, Any]:
        """Send once and judge the answer; raises what is fatal."""
        self.policy.permit()
        try:
            with self.lanes.taken():
                self.counts.add(requests=1)
                answer = exchange(
                    self.session, method, self.url, path, headers or {},
                    timeout=min(self.timeout_seconds, max(self.deadline - self.clock(), 0.1)),
                    still=partial(self._check_deadline, "a slow body"),
                    params=params, data=form, json=question,
                )  # fmt: skip
        except BROKEN as error:
            return Retry(type(error).__name__), None
        except requests.RequestException as error:
            raise UnreachableError(
                f"{self.policy.vendor} cannot be asked ({type(error).__name__}): correct {self.policy.prefix}URL."
            ) from None
        self.counts.add(bytes=len(answer.body))
        self.policy.observe(answer)
        if answer.status in (200, 207):  # 207: some of the things asked for were not found
            try:
                return None, read(answer)
            except ValueError:
                return Retry("a body that cannot be read"), None
        if answer.status >= 400 and is_cut(answer.body, answer.headers):
            return Retry("an error body that was cut off"), None
        verdict = self.policy.classify(answer) or general(answer, self.policy)
        if isinstance(verdict, Fatal):
            raise verdict.error from None
        return verdict, None

    def _pause(self, verdict: Retry, attempt: int) -> None:
        """Close the lanes for as long as the vendor said, else ever longer with jitter, never past the deadline."""
        backoff = min(LONGEST_PAUSE, self.retry_seconds * 2.0 ** (attempt - 1)) * (0.5 + self.chance() / 2)
        pause = backoff if verdict.after is None else verdict.after + self.retry_seconds * self.chance()
        if verdict.after is not None and verdict.after > self.deadline_seconds:
            raise QuotaError(
                f"{self.policy.vendor} asks to wait {verdict.after:.0f} s, longer than {self.policy.prefix}"
                "DEADLINE_SECONDS: run again later."
            )
        self._check_deadline(verdict.why, pause)
        self.counts.add(retries=1)
        log.info("%s: %s, attempt %d, waiting %.1f s", self.policy.vendor, verdict.why, attempt, pause)
        self.lanes.close(pause)

    def _check_deadline(self, why: str, ahead: float = 0.0) -> None:
        if self.clock() + ahead > self.deadline:
            raise SourceError(
                f"{self.policy.vendor} was not read within {self.deadline_seconds:.0f} s (last: {why}): run again, or "
                f"raise {self.policy.prefix}DEADLINE_SECONDS."
            )


def connected(source: HttpSource, rules: Policy, sleep: Callable[[float], None]) -> Client:
    """A client as the source's settings pace it; nothing is sent yet."""
    return Client(
        source.url,
        rules,
        source.timeout_seconds,
        source.deadline_seconds,
        retry_seconds=source.retry_seconds,
        concurrency=source.concurrency,
        sleep=sleep,
    )
