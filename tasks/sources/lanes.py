"""How many requests may be under way at once, and a pause that all of them keep."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Lanes:
    """As many lanes as requests may be under way to one vendor; its `429` to one of them closes them all."""

    number: int
    sleep: Callable[[float], None]
    clock: Callable[[], float]

    def __post_init__(self) -> None:
        self.free = threading.Semaphore(self.number)
        self.closed_until = self.clock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A lane, once one is free and they are open."""
        with self.free:
            if (ahead := self.closed_until - self.clock()) > 0:
                self.sleep(ahead)
            yield

    def close(self, seconds: float) -> None:
        """Let no request begin for so long; a longer pause stands."""
        self.closed_until = max(self.closed_until, self.clock() + seconds)
