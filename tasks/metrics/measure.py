"""Run the metrics over the clean core: each one query, its rows kept for those that build on it."""

from collections.abc import Iterator, Sequence
from datetime import date

import narwhals as nw
import pyarrow as pa
from duckdb import DuckDBPyConnection

from config.policy import Policy
from tasks.core.tables import CORE
from tasks.engines.bench import Workbench, keep
from tasks.metrics.metric import Metric

BATCH = 200_000  # rows of a mart that are handed on at once
CORE_TABLES = frozenset(table.name for table in CORE)


def measure(
    connection: Workbench, metrics: Sequence[Metric], policy: Policy, *, as_of: date, keep_steps: bool = True
) -> dict[str, int]:
    """Compute every metric of one day into the schema `mart`; the rows of each.

    Marts that are there already serve as inputs. Without `keep_steps` a step goes with its last reader.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS mart")
    rows = {}
    steps = {metric.table for metric in metrics if metric.is_step}
    last_reader = {name: metric for metric in metrics for name in metric.inputs}
    for metric in metrics:
        frames = {
            name: nw.from_native(connection.table(f"{'core' if name in CORE_TABLES else 'mart'}.{name}"))
            for name in metric.inputs
        }
        keep(connection, f"mart.{metric.table}", metric(frames, policy, as_of=as_of))
        rows[metric.table] = connection.execute(f"SELECT count(*) FROM mart.{metric.table}").fetchall()[0][0]
        for step in () if keep_steps else steps.intersection(metric.inputs):
            if last_reader[step] is metric:
                connection.execute(f"DROP TABLE mart.{step}")
    return rows


def measured(
    connection: DuckDBPyConnection, metrics: Sequence[Metric]
) -> Iterator[tuple[Metric, pa.RecordBatchReader]]:
    """The computed marts that are to be published, a part at a time; each must be read before the next is asked for."""
    for metric in metrics:
        yield metric, connection.table(f"mart.{metric.table}").to_arrow_reader(BATCH)
