"""Each published metric as the product computes it, against the same metric hand-written in DuckDB SQL.

A metric's group is the metric and the steps on which it is the first published metric to depend. The hand-written
query, `sql/<table>.sql`, reads core and the marts published before it, no steps: it does their work itself. Its
parameters are `$as_of` and the values of the policy by their names; what queries share is in `macros.sql`. Both leave a
table in the same connection.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

import duckdb

from config.policy import Policy
from tasks.metrics.catalogue import METRICS, STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tasks.metrics.metric import Metric

SQL = Path(__file__).parent / "sql"
MACROS = SQL.parent / "macros.sql"


class Seconds(NamedTuple):
    """How long something took by the clock, and on all processors together."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Comparison:
    """The medians of one metric, its group against its query."""

    table: str
    rows: int
    product: Seconds
    sql: Seconds

    @property
    def ratio(self) -> float:
        """The product's time by the clock over the query's."""
        return self.product.wall / self.sql.wall

    @property
    def cpu_ratio(self) -> float:
        """The product's processor time over the query's."""
        return self.product.cpu / self.sql.cpu


def compared(
    connection: duckdb.DuckDBPyConnection, policy: Policy, *, as_of: date, rounds: int = 5
) -> Iterator[Comparison]:
    """Time every metric against its query, several rounds in alternating order, over the core in the connection.

    Raises:
        ValueError: the two give different rows; the message names the metric.
    """
    for metric in METRICS:
        measure(connection, group(metric), policy, as_of=as_of)
        yield _compared(connection, metric, policy, as_of, rounds)
        connection.execute(f"DROP TABLE by_hand.{metric.table}")


def group(metric: Metric) -> tuple[Metric, ...]:
    """The metric and the steps on which it is the first published metric to depend, in dependency order."""
    taken: set[str] = set()
    for earlier in METRICS[: METRICS.index(metric)]:
        taken |= _steps_below(earlier)
    own = _steps_below(metric) - taken
    return tuple(step for step in STEPS_AND_METRICS if step.table in own or step is metric)


def by_hand(connection: duckdb.DuckDBPyConnection, metric: Metric, policy: Policy, *, as_of: date) -> None:
    """Run the metric's hand-written query into the schema `by_hand`."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS by_hand")
    connection.execute(MACROS.read_text())
    query = f"CREATE OR REPLACE TABLE by_hand.{metric.table} AS {query_of(metric)}"
    values = {name: value for section in policy.model_dump().values() for name, value in section.items()}
    (statement,) = connection.extract_statements(query)
    connection.execute(statement, {name: (values | {"as_of": as_of})[name] for name in statement.named_parameters})


def query_of(metric: Metric) -> str:
    """The metric's hand-written query."""
    return (SQL / f"{metric.table}.sql").read_text()


def differing(connection: duckdb.DuckDBPyConnection, metric: Metric) -> int:
    """How many rows of the metric and of its query have no equal in the other; floats may be 1e-9 apart, relatively."""
    mart, sql = f"mart.{metric.table}", f"by_hand.{metric.table}"
    kinds = dict(connection.sql(f"SELECT column_name, column_type FROM (DESCRIBE {mart})").fetchall())
    if set(connection.table(sql).columns) != set(kinds):
        raise ValueError(f"{metric.table}.sql gives other columns than the metric: name them as the metric does.")
    floats = [name for name, kind in kinds.items() if kind == "DOUBLE"]
    exact = ", ".join(name for name in kinds if name not in floats)
    unlike = " OR ".join(f"NOT {_close(f'one.{name}', f'other.{name}')}" for name in floats) or "false"
    same_key = " AND ".join(f"one.{name} IS NOT DISTINCT FROM other.{name}" for name in metric.grain)
    counts = connection.sql(
        f"""
        SELECT (SELECT count(*) FROM (SELECT {exact} FROM {mart} EXCEPT ALL SELECT {exact} FROM {sql}))
             + (SELECT count(*) FROM (SELECT {exact} FROM {sql} EXCEPT ALL SELECT {exact} FROM {mart}))
             + (SELECT count(*) FROM {mart} one JOIN {sql} other ON {same_key} WHERE {unlike})
        """
    )
    return int(counts.fetchall()[0][0])


def _steps_below(metric: Metric) -> set[str]:
    """The steps that the metric reads, itself or through another step."""
    steps = {step.table: step for step in STEPS_AND_METRICS if step.is_step}
    read = {name for name in metric.inputs if name in steps}
    return read.union(*(_steps_below(steps[name]) for name in read))


def _compared(
    connection: duckdb.DuckDBPyConnection, metric: Metric, policy: Policy, as_of: date, rounds: int
) -> Comparison:
    sides: list[tuple[Callable[[], object], list[Seconds]]] = [
        (lambda: measure(connection, group(metric), policy, as_of=as_of), []),
        (lambda: by_hand(connection, metric, policy, as_of=as_of), []),
    ]
    for number in range(rounds):
        for run, took in sides if number % 2 == 0 else reversed(sides):
            took.append(_timed(run))
    if rows := differing(connection, metric):
        raise ValueError(f"{metric.table}: {rows} rows differ from benchmarks/sql/{metric.table}.sql.")
    product, sql = (Seconds(*map(median, zip(*took, strict=True))) for _, took in sides)
    rows = connection.table(f"mart.{metric.table}").count("*").fetchall()[0][0]
    return Comparison(metric.table, rows, product, sql)


def _timed(run: Callable[[], object]) -> Seconds:
    wall, cpu = perf_counter(), process_time()
    run()
    return Seconds(perf_counter() - wall, process_time() - cpu)


def _close(one: str, other: str) -> str:
    near = f"abs({one} - {other}) <= 1e-9 * greatest(abs({one}), abs({other}))"
    return f"({one} IS NOT DISTINCT FROM {other} OR coalesce({near}, false))"
