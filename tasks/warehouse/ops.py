"""Schema `ops`: what each run did, found and said. Every table is declared here, and nowhere else.

No column may hold personal text: reasons name columns and rules, never the value of a free-text column.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, Double, Integer, Text

from tasks.warehouse.connect import Warehouse, ops_transaction
from tasks.warehouse.schema import bring_up

METADATA = sa.MetaData(schema="ops")


class Instant(sa.types.TypeDecorator[datetime]):
    """An instant in UTC on every dialect; SQLite keeps no zone of its own."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """With its zone."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def _table(name: str, meaning: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, METADATA, *columns, comment=meaning)


RUN = _table(
    "run", "one row per run of a flow",
    Column("run_id", Text, primary_key=True), Column("flow", Text, nullable=False), Column("as_of", Date),
    Column("known_at", Instant), Column("started_at", Instant), Column("ended_at", Instant),
    Column("state", Text, comment="running, succeeded, partly_failed, withheld or failed"),
    Column("reason", Text, comment="why it did not succeed"), Column("version", Text),
)  # fmt: skip
PULL = _table(
    "pull", "one row per source entity and run",
    Column("run_id", Text, nullable=False, index=True), Column("source", Text), Column("entity", Text),
    Column("window_from", Instant), Column("window_to", Instant), Column("state", Text), Column("reason", Text),
    Column("rows_read", Integer), Column("rows_appended", Integer), Column("rows_unchanged", Integer),
    Column("rows_deleted", Integer), Column("requests", Integer), Column("pages", Integer), Column("retries", Integer),
    Column("vendor_count", Integer),
    Column("seconds", Double, comment="how long it took, waiting included; null before it was noted"),
)  # fmt: skip
CHECK_RESULT = _table(
    "check_result", "one row per rule of a suite and run",
    Column("run_id", Text, nullable=False, index=True), Column("as_of", Date), Column("suite", Text),
    Column("rule", Text), Column("severity", Text), Column("is_ok", Boolean), Column("observed", Text),
    Column("expected", Text),
)  # fmt: skip
QUARANTINE = _table(
    "quarantine", "one row per record version and the rule that it broke",
    Column("run_id", Text, nullable=False, index=True), Column("as_of", Date, index=True), Column("core_table", Text),
    Column("row_id", Text), Column("version_hash", Text), Column("rule", Text), Column("severity", Text),
    Column("reason", Text), Column("is_newest", Boolean),
)  # fmt: skip
CONSERVATION = _table(
    "conservation", "rows read = rows clean + rows quarantined, per core table and run; likewise versions",
    Column("run_id", Text, nullable=False, index=True), Column("as_of", Date), Column("core_table", Text),
    Column("counted", Text, comment="keys or versions"), Column("rows_read", Integer), Column("rows_clean", Integer),
    Column("rows_quarantined", Integer),
)  # fmt: skip
RESTATEMENT = _table(
    "restatement", "a published number that a later publish of the same day changed",
    Column("table_name", Text, nullable=False), Column("as_of", Date, nullable=False),
    Column("grain", Text, nullable=False, comment="the row's key, as JSON"),
    Column("column_name", Text, nullable=False),
    Column("before", Text), Column("after", Text), Column("run_id", Text, nullable=False),
    Column("restated_at", Instant),
)  # fmt: skip
HEARTBEAT = _table(
    "heartbeat", "the last good publish, for the dead-man's switch",
    Column("name", Text, primary_key=True), Column("as_of", Date), Column("run_id", Text), Column("seen_at", Instant),
)  # fmt: skip
ALERT_STATE = _table(
    "alert_state", "one row per alert that was ever open",
    Column("fingerprint", Text, primary_key=True), Column("plane", Text), Column("kind", Text), Column("asset", Text),
    Column("metric", Text), Column("entity", Text), Column("severity", Text),
    Column("status", Text, comment="open or resolved"), Column("state_version", Integer, nullable=False),
    Column("title", Text), Column("facts", sa.JSON), Column("occurrences", Integer),
    Column("occasion", Text, comment="the run or the published build that was counted last"), Column("as_of", Date),
    Column("first_seen", Instant), Column("last_seen", Instant), Column("resolved_at", Instant),
)  # fmt: skip
ALERT_EVENT = _table(
    "alert_event", "every change of an alert's state, never edited",
    Column("fingerprint", Text, primary_key=True), Column("state_version", Integer, primary_key=True),
    Column("event", Text, comment="opened, reopened, severity or resolved"), Column("severity", Text),
    Column("occasion", Text), Column("happened_at", Instant),
)  # fmt: skip
ALERT_OUTBOX = _table(
    "alert_outbox", "what is to be sent, and whether it was",
    Column("fingerprint", Text, primary_key=True), Column("channel", Text, primary_key=True),
    Column("action", Text, primary_key=True, comment="trigger or resolve"),
    Column("state_version", Integer, primary_key=True),
    Column("kind", Text), Column("message", sa.JSON),
    Column("status", Text, comment="pending, sent, dead or superseded"),
    Column("attempts", Integer), Column("next_try", Instant), Column("reason", Text), Column("queued_at", Instant),
    Column("sent_at", Instant),
)  # fmt: skip


def create_ops(where: Warehouse) -> None:
    """Create schema `ops` or bring it to this code's version; safe to run again, and never waits for a publish.

    Restatements are written with the marts, in one transaction: `create_mart` makes their table.

    Raises:
        WarehouseError: the warehouse is down.
        NewerError: a newer version of the code wrote it.
    """
    with ops_transaction(where) as connection:
        bring_up(connection, "ops", [table for table in METADATA.sorted_tables if table is not RESTATEMENT])


def record(where: Warehouse, table: sa.Table, run_id: str, rows: Sequence[Mapping[str, Any]] | pa.Table) -> None:
    """Write a run's rows of an `ops` table in place of those it wrote before; `run_id` is filled in."""
    with ops_transaction(where) as connection:
        write_rows(connection, table, run_id, rows)


def write_rows(
    connection: sa.Connection, table: sa.Table, run_id: str, rows: Sequence[Mapping[str, Any]] | pa.Table
) -> None:
    """`record`, inside a transaction that is already open."""
    connection.execute(sa.delete(table).where(table.c.run_id == run_id))
    if isinstance(rows, pa.Table):
        for batch in rows.to_batches(max_chunksize=50_000):
            write_batch(connection, table, run_id, batch.to_pylist())
    else:
        write_batch(connection, table, run_id, rows)


def write_batch(connection: sa.Connection, table: sa.Table, run_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, missing columns null."""
    names = [column.name for column in table.columns]
    if rows:
        connection.execute(sa.insert(table), [{**dict.fromkeys(names), **row, "run_id": run_id} for row in rows])


def beat(connection: sa.Connection, name: str, run_id: str, as_of: date, at: datetime) -> None:
    """Note the last good run of `name`."""
    connection.execute(sa.delete(HEARTBEAT).where(HEARTBEAT.c.name == name))
    connection.execute(sa.insert(HEARTBEAT).values(name=name, run_id=run_id, as_of=as_of, seen_at=at))
