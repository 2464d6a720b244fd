"""What a pull cost, counted by several threads."""

import threading
from dataclasses import dataclass, field


@dataclass
class Counts:
    """What a pull cost."""

    requests: int = 0
    retries: int = 0
    pages: int = 0
    bytes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def add(self, *, requests: int = 0, retries: int = 0, pages: int = 0, bytes: int = 0) -> None:
        """Count more of each."""
        with self.lock:
            self.requests += requests
            self.retries += retries
            self.pages += pages
            self.bytes += bytes
