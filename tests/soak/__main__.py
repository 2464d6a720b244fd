"""`make soak`: kill runs of both warehouses, as often as asked, and compare each with one that was left alone."""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

from sandbox.company import build
from tests.conftest import postgresql
from tests.flows.conftest import PAGED
from tests.soak.plan import DIALECTS, Dialect, plan
from tests.soak.play import Played, play
from tests.soak.report import Report
from tests.soak.stage import Stage


def main() -> None:
    """Play the rounds, one warehouse beside the other; exit code 1 when any is not as if nothing had happened."""
    asked = _parser().parse_args()
    rounds = [one for one in plan(asked.seed, asked.kills) if asked.only in (None, one.number)]
    report = Report(asked.seed, asked.kills, rounds)
    report.begin()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with stages() as ready, ThreadPoolExecutor(len(ready)) as lanes:
        try:
            list(lanes.map(lambda name: _lane(ready[name], report), ready))
        except KeyboardInterrupt:
            report.is_stopped = True
    sys.exit(report.end())


@contextmanager
def stages() -> Iterator[dict[Dialect, Stage]]:
    """A Prefect server, a PostgreSQL server and a company, for both warehouses."""
    os.environ.setdefault("PREFECT_SERVER_DATABASE_TIMEOUT", "60")  # seconds; two nights write to one SQLite file
    os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")  # it says when that file was busy
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baton_soak_")))
        stack.enter_context(prefect_test_harness(server_startup_timeout=180))
        servers: dict[Dialect, str] = {"duckdb": "", "postgresql": stack.enter_context(postgresql())}
        world = build(PAGED)[0]
        yield {name: Stage(world, PREFECT_API_URL.value(), folder / name, servers[name]) for name in DIALECTS}


def _lane(stage: Stage, report: Report) -> None:
    """The rounds of one warehouse, one after the other; a stop takes effect between two."""
    for one in report.rounds:
        if report.is_stopped or one.dialect != stage.dialect:
            continue
        began = time.monotonic()
        try:
            played = play(stage, one)
        except Exception as error:  # a round that cannot be played has failed; the others go on
            said = f"{type(error).__name__}: {error}"
            played = Played(one, (), time.monotonic() - began, (said,))
        report.tell(played)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=main.__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="what to play; another one each time")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--only", type=int, help="the number of one round, to play it alone")
    return parser


if __name__ == "__main__":
    main()
