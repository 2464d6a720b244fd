"""All marts of a run, published in one transaction: readers see the whole of a day, or the day before it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

import pyarrow as pa
import sqlalchemy as sa

from tasks.metrics.metric import Metric
from tasks.warehouse.columns import published
from tasks.warehouse.connect import Warehouse, mart_transaction, ops_transaction
from tasks.warehouse.marts import MART_BUILD, create_mart, describe
from tasks.warehouse.ops import beat, create_ops, write_rows
from tasks.warehouse.replace import keep_only, replace_day, stage_day
from tasks.warehouse.served import copy_to_serve

Rows: TypeAlias = pa.Table | pa.RecordBatchReader
Records = Sequence[tuple[sa.Table, Sequence[Mapping[str, Any]] | pa.Table]]


@dataclass(frozen=True)
class Build:
    """What a publish was made from, and when."""

    as_of: date
    known_at: datetime
    run_id: str
    published_at: datetime
    currency: str
    quality: str = "ok"  # ok, or warnings
    version: str = ""  # Baton's
    data_as_of: Mapping[str, datetime] = field(default_factory=dict)  # per source
    rows_read: int | None = None  # of the core tables, by key
    rows_held: int | None = None  # of them in quarantine


@dataclass(frozen=True)
class Published:
    """What a publish wrote."""

    rows: Mapping[str, int]  # per mart
    restated: int  # values of the day that differ from what was published before


def publish(where: Warehouse, marts: Iterable[tuple[Metric, Rows]], build: Build, records: Records = ()) -> Published:
    """Replace the day in every mart, with the run's `ops` rows beside it, then hand readers the new state.

    The marts come one after the other and in batches, so that the largest need not fit into memory.
    Publishing the same inputs again changes nothing but the run's own metadata. On PostgreSQL marts and `records` are
    one transaction; on DuckDB `records` come first, in their own file, and a re-run replaces them.

    Raises:
        WarehouseError: the warehouse is down or locked, or a mart does not fit its declaration; nothing was published.
    """
    create_ops(where)
    create_mart(where)
    if where.dialect == "duckdb" and records:
        with ops_transaction(where) as connection:
            _record(connection, records, build)
    with mart_transaction(where) as connection:
        if where.dialect == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7220462)"))  # one publish at a time
            _record(connection, records, build)
            beat(connection, "publish", build.run_id, build.as_of, build.published_at)
        done = _replace(connection, marts, build)
    if where.dialect == "duckdb":
        copy_to_serve(where)
        with ops_transaction(where) as connection:
            beat(connection, "publish", build.run_id, build.as_of, build.published_at)
    return done


def _record(connection: sa.Connection, records: Records, build: Build) -> None:
    for table, rows in records:
        write_rows(connection, table, build.run_id, rows)


def _replace(connection: sa.Connection, marts: Iterable[tuple[Metric, Rows]], build: Build) -> Published:
    stage_day(connection, build.as_of)
    days = sa.select(MART_BUILD.c.as_of)
    known = build.as_of in set(connection.scalars(days))
    metrics, rows, restated = [], {}, 0
    for metric, given in marts:
        batches = _published_batches(metric, given, build)
        rows[metric.table], changed = replace_day(connection, metric, batches, build.run_id, build.published_at, known)
        metrics.append(metric)
        restated += changed
    connection.execute(sa.delete(MART_BUILD).where(MART_BUILD.c.as_of == build.as_of))
    connection.execute(sa.insert(MART_BUILD).values(**_build_row(build, metrics)))
    newest = max(connection.scalars(days))
    for metric in metrics:
        keep_only(connection, metric, newest)
    describe(connection, metrics)
    return Published(rows, restated)


def _published_batches(metric: Metric, rows: Rows, build: Build) -> Iterator[pa.Table]:
    """The mart as readers see it: first its columns without a row, then its rows."""
    yield published(metric, rows.schema.empty_table(), build.as_of, build.currency)
    for batch in rows.to_reader() if isinstance(rows, pa.Table) else rows:
        yield published(metric, pa.Table.from_batches([batch]), build.as_of, build.currency)


def _build_row(build: Build, metrics: Sequence[Metric]) -> Mapping[str, object]:
    return {
        "as_of": build.as_of,
        "known_at": build.known_at,
        "run_id": build.run_id,
        "published_at": build.published_at,
        "currency": build.currency,
        "quality": build.quality,
        "version": build.version,
        "definition_hash": definition_hash(metrics),
        "data_as_of": json.dumps({source: at.isoformat() for source, at in sorted(build.data_as_of.items())}),
        "rows_read": build.rows_read,
        "rows_held": build.rows_held,
    }


def definition_hash(metrics: Sequence[Metric]) -> str:
    """Changes when the grain, the columns or the written definition of any metric changes."""
    facts = [[m.table, m.grain, m.inputs, dict(m.columns), m.keep, m.definition] for m in metrics]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
