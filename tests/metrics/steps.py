"""The metrics a metric builds on, computed as the measure does: each one's rows kept before the next one reads them."""

from datetime import date

import duckdb
import narwhals as nw

from config.policy import policy
from tasks.metrics.catalogue import STEPS_AND_METRICS
from tasks.metrics.metric import Metric


def computed(frames: dict[str, nw.LazyFrame], wanted: Metric, as_of: date) -> dict[str, nw.LazyFrame]:
    """The core frames given, the metric wanted, and every step and mart it is made from; what is there stays."""
    needed = {wanted.table}
    for metric in reversed(STEPS_AND_METRICS):
        needed |= set(metric.inputs) if metric.table in needed else set()
    found = dict(frames)
    for metric in STEPS_AND_METRICS:
        if metric.table in needed - set(frames):
            given = {name: found[name] for name in metric.inputs}
            found[metric.table] = stored(metric(given, policy(), as_of=as_of), metric.table)
    return found


def stored(frame: nw.LazyFrame, table: str) -> nw.LazyFrame:
    """A frame's rows in a table of the engine, not the query that makes them."""
    native = nw.to_native(frame)
    if not isinstance(native, duckdb.DuckDBPyRelation):
        return frame.collect().lazy()
    native.query("given", f"CREATE OR REPLACE TABLE {table} AS FROM given")
    return nw.from_native(native.query("given", f"FROM {table}"))
