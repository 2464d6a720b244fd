"""The pretend company as a test of numbers needs it: pulled over HTTP without flows, conformed and judged."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.company import pulled
from config.policy import policy
from sandbox.company import DEMO_DAYS, build
from tasks.checks.judge import judge
from tasks.core.conform import conform
from tasks.engines.bench import workbench

CLOCK, AS_OF = DEMO_DAYS[-1]


@contextmanager
def clean_core(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A workbench with the clean core of a company of 20 accounts, on its last day.

    Some of its time is reversed in half, which the company itself never does.
    """
    settings = pulled(home, build(20)[0], CLOCK)
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        judge(bench, policy(), {})
        bench.execute(
            """
            INSERT INTO core.time_entry BY NAME
            SELECT * REPLACE (entry_id || ' back' AS entry_id, -seconds // 2 AS seconds, entry_id AS reverses_id)
            FROM core.time_entry WHERE hash(entry_id) % 20 = 0
            """
        )
        yield bench
