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
from tasks.core.tables.work import TIME_ENTRY
from tasks.engines.bench import Workbench, workbench

CLOCK, AS_OF = DEMO_DAYS[-1]


@contextmanager
def clean_core(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A workbench with the clean core of a company of 20 accounts, on its last day, some of its time reversed."""
    settings = pulled(home, build(20)[0], CLOCK)
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        judge(bench, policy(), {})
        reverse_some_time(bench)
        yield bench


def reverse_some_time(bench: Workbench) -> None:
    """Reverse some of the time in half, which the company itself never does; the same on every engine."""
    back = {"entry_id": "entry_id || ' back'", "seconds": "-(seconds // 2)", "reverses_id": "entry_id"}
    names = [*(column.name for column in TIME_ENTRY.columns), "_is_stale"]
    reversals = ", ".join(f"{back.get(name, name)} AS {name}" for name in names)
    bench.execute(
        f"""
        CREATE OR REPLACE TABLE core.time_entry AS
        SELECT {", ".join(names)} FROM core.time_entry
        UNION ALL SELECT {reversals} FROM core.time_entry WHERE right(entry_id, 1) = '7'
        """
    )
