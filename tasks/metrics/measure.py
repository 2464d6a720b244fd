"""Run the metrics over the clean core: each one query, its rows kept for those that build on it."""

from collections.abc import Sequence
from datetime import date

import narwhals as nw
import pyarrow as pa
from duckdb import DuckDBPyConnection

from config.policy import Policy
from tasks.engines.bench import Workbench, keep
from tasks.metrics.metric import Metric


def measure(connection: Workbench, metrics: Sequence[Metric], policy: Policy, *, as_of: date) -> dict[str, int]:
    """Compute every metric of one day into the schema `mart`; the rows of each."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS mart")
    marts: set[str] = set()
    rows = {}
    for metric in metrics:
        frames = {
            name: nw.from_native(connection.table(f"{'mart' if name in marts else 'core'}.{name}"))
            for name in metric.inputs
        }
        keep(connection, f"mart.{metric.table}", metric(frames, policy, as_of=as_of))
        marts.add(metric.table)
        rows[metric.table] = connection.execute(f"SELECT count(*) FROM mart.{metric.table}").fetchall()[0][0]
    return rows


def measured(connection: DuckDBPyConnection, metrics: Sequence[Metric]) -> list[tuple[Metric, pa.Table]]:
    """The computed marts that are to be published, in the order of their grain."""
    return [
        (metric, connection.sql(f"FROM mart.{metric.table} ORDER BY {', '.join(metric.grain)}").to_arrow_table())
        for metric in metrics
        if not metric.is_step
    ]
