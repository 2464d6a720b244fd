"""Conforming, checking and measuring give equal rows on DuckDB and on Spark, over one lake of profile S."""

import warnings
from datetime import date

import duckdb
import pytest

from benchmarks.company import lake
from config.policy import policy
from sandbox.company import DEMO_DAYS
from tasks.checks.judge import judge
from tasks.core.closing import close
from tasks.core.conform import conform
from tasks.core.tables import CORE
from tasks.engines.bench import workbench
from tasks.lake.read import live
from tasks.metrics.catalogue import STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tests.pulled import reverse_some_time
from tests_spark.conftest import LOCAL

CLOCK, AS_OF = DEMO_DAYS[-1]
CLOSED = date(2026, 6, 1)
TABLES = (
    *(f"{schema}.{table.name}" for schema in ("versions", "core") for table in CORE),
    "ops.quarantine",
    *(f"mart.{metric.table}" for metric in STEPS_AND_METRICS),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Per engine its verdict on core and every table; each builds on its own earlier ones."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # Prefect misses a flow for the pulls' logs
        on_duckdb = lake("S", tmp_path_factory.mktemp("lake"))
    closings = [(f"salesforce:{account}", 1_000_00) for account in live(on_duckdb.lake, "salesforce", "account")]
    close(on_duckdb.lake, CLOSED, closings, at=CLOCK, run_id="parity")
    return [everything(on_duckdb), everything(on_duckdb.model_copy(update=LOCAL))]


def everything(settings):
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        verdict = judge(bench, policy(), {}, known_at=CLOCK)
        reverse_some_time(bench)
        measure(bench, STEPS_AND_METRICS, policy(), as_of=AS_OF)
        return verdict, {name: bench.execute(f"SELECT {columns(name)} FROM {name}").to_arrow_table() for name in TABLES}


def columns(name: str) -> str:
    """The table's own columns; DuckDB's tables hide their row numbers, Spark's do not."""
    declared = {f"versions.{table.name}": [column.name for column in table.columns] for table in CORE}
    trail = ["_version", "_deleted", "_updated_at", "_extracted_at", "_hash", "_unreadable"]
    return ", ".join([*declared[name], *trail]) if name in declared else "*"


@pytest.mark.parametrize("name", TABLES)
def test_equal_rows(both, name):
    (_, on_duckdb), (_, on_spark) = both
    with duckdb.connect() as connection:
        connection.register("here", on_duckdb[name])
        connection.register("there", on_spark[name])
        for one, other in (("here", "there"), ("there", "here")):
            differing = f"(FROM {one} EXCEPT ALL SELECT {', '.join(on_duckdb[name].column_names)} FROM {other})"
            assert connection.execute(f"FROM {differing} LIMIT 3").fetchall() == []
    assert on_duckdb[name].num_rows


def test_equal_verdicts(both):
    (on_duckdb, _), (on_spark, _) = both
    assert on_spark.results == on_duckdb.results
    assert on_spark.conservation == on_duckdb.conservation
    assert any(kept.quarantined for kept in on_spark.conservation)
