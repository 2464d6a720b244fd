"""Prefect's share of a nightly: how much of the flow's time no task's own code was running.

The night is the pretend company's first, a full load, over HTTP, on a Prefect server of its own. What the flows
themselves do between their tasks counts as Prefect's.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from time import perf_counter
from typing import Any, NamedTuple
from unittest.mock import patch

from prefect import Task
from prefect.testing.utilities import prefect_test_harness

from config.settings import settings
from sandbox.company import DEMO_DAYS, build
from sandbox.serve import running

CLOCK, AS_OF = DEMO_DAYS[-1]

Interval = tuple[float, float]


class Share(NamedTuple):
    """Seconds of the whole night and of its tasks' own code, by the clock, and how many tasks ran."""

    whole: float
    own: float
    tasks: int

    @property
    def prefects(self) -> float:
        """The seconds in which Prefect alone was at work."""
        return self.whole - self.own


def share(accounts: int = 200) -> Share:
    """Run one night of a pretend company with so many accounts.

    Raises:
        RuntimeError: the night failed: its figures would say nothing.
    """
    from flows.nightly import nightly

    with (
        tempfile.TemporaryDirectory() as home,
        running(build(accounts)[0], CLOCK) as sandbox,
        patch.dict(os.environ, sandbox.environment() | {"BATON_HOME": home, "BATON_NOW": CLOCK.isoformat()}),
        prefect_test_harness(server_startup_timeout=180),
        _noted() as intervals,
    ):
        settings.cache_clear()
        start = perf_counter()
        state = nightly(AS_OF, return_state=True)
        whole = perf_counter() - start
        if not state.is_completed():
            raise RuntimeError(f"The night ended as {state.name}: {state.message}")
    return Share(whole, covered(intervals), len(intervals))


def covered(intervals: list[Interval]) -> float:
    """The seconds in which at least one interval runs."""
    seconds, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        seconds += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return seconds


@contextmanager
def _noted() -> Iterator[list[Interval]]:
    """When each task's own code ran, of the tasks that are loaded."""
    loaded = [module for name, module in sys.modules.items() if name.startswith("tasks.")]
    tasks = {id(one): one for module in loaded for one in vars(module).values() if isinstance(one, Task)}
    intervals: list[Interval] = []
    own = {key: task.fn for key, task in tasks.items()}
    for task in tasks.values():
        task.fn = _timed(task.fn, intervals)
    try:
        yield intervals
    finally:
        for key, task in tasks.items():
            task.fn = own[key]


def _timed(function: Callable[..., Any], intervals: list[Interval]) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        start = perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            intervals.append((start, perf_counter()))

    return timed
