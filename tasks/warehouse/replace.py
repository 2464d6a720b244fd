"""One day of one mart, replaced in bulk inside an open transaction; what changed is written down first."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain

import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa

from tasks.errors import WarehouseError
from tasks.metrics.metric import Metric
from tasks.warehouse.columns import published_name
from tasks.warehouse.connect import driver
from tasks.warehouse.marts import create_or_widen, mart_table

STAGE = "incoming"
MONTH_END = "extract(day FROM as_of + INTERVAL '1 day') = 1"


def replace_day(
    connection: sa.Connection, metric: Metric, batches: Iterator[pa.Table], run_id: str, at: datetime, known: bool
) -> tuple[int, int]:
    """Put the rows of all batches in place of their day's: how many they are, and how many values changed.

    The batches hold rows as published, all of one `as_of`; there is at least one, if only of no rows. `known` says that
    the day was published before: then differences of a mart kept for every day are restatements.

    Raises:
        WarehouseError: the grain is null or repeated, or a column changed its type.
    """
    grain = [published_name(name) for name in metric.grain]
    first = next(batches)
    table = mart_table(metric, first.schema)
    before = create_or_widen(connection, table, grain)
    rows = stage(connection, table, chain([first], batches))
    _insist_on_grain(connection, metric.table, grain, rows)
    restated = 0
    if known and metric.keep == "every" and before:
        compared = [name for name in first.schema.names if name in before and name not in ("as_of", *grain)]
        restated = note_restatements(connection, metric.table, grain, compared, run_id, at)
    names = ", ".join(_quoted(connection, first.schema.names))
    connection.exec_driver_sql(f"DELETE FROM mart.{metric.table} WHERE as_of IN (SELECT as_of FROM {STAGE}_day)")
    connection.exec_driver_sql(f"INSERT INTO mart.{metric.table} ({names}) SELECT {names} FROM {STAGE}")
    return rows, restated


def stage(connection: sa.Connection, table: sa.Table, batches: Iterable[pa.Table]) -> int:
    """Put the batches into the temporary table `incoming` of this transaction, by Arrow or COPY; how many rows."""
    columns = [sa.Column(column.name, column.type) for column in table.columns]
    temporary = sa.Table(STAGE, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {STAGE}")
    temporary.create(connection, checkfirst=False)
    load = _insert if connection.dialect.name == "duckdb" else _copy
    return load(connection, batches, _quoted(connection, [column.name for column in columns]))


def _insert(connection: sa.Connection, batches: Iterable[pa.Table], names: Sequence[str]) -> int:
    count = 0
    for batch in batches:
        if batch.num_rows:  # DuckDB 1.5 loses a large insert that follows one of no rows in the same transaction
            driver(connection).register("batch", batch)
            connection.exec_driver_sql(f"INSERT INTO {STAGE} SELECT {', '.join(names)} FROM batch")
            driver(connection).unregister("batch")
            count += batch.num_rows
    return count


def _copy(connection: sa.Connection, batches: Iterable[pa.Table], names: Sequence[str]) -> int:
    count = 0
    with driver(connection).cursor().copy(f"COPY {STAGE} ({', '.join(names)}) FROM STDIN (FORMAT csv)") as copy:
        for batch in batches:
            count += batch.num_rows
            for part in batch.to_batches(max_chunksize=50_000):
                text = io.BytesIO()
                pa.csv.write_csv(part, text, pa.csv.WriteOptions(include_header=False))
                copy.write(text.getvalue())
    return count


def stage_day(connection: sa.Connection, as_of: date) -> None:
    """Name the day being replaced, so that a mart without rows clears it too."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {STAGE}_day")
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {STAGE}_day AS SELECT DATE '{as_of.isoformat()}' AS as_of")


def note_restatements(
    connection: sa.Connection, table: str, grain: Sequence[str], compared: Sequence[str], run_id: str, at: datetime
) -> int:
    """Write every value that is about to change into `ops.restatement`; their number."""
    if not compared:
        return 0
    key = _quoted(connection, grain)
    pairs = ", ".join(f"'{name}', coalesce(o.{column}, n.{column})" for name, column in zip(grain, key, strict=True))
    json = f"json_object({pairs})" if connection.dialect.name == "duckdb" else f"json_build_object({pairs})"
    same = " AND ".join(f"o.{column} = n.{column}" for column in ("as_of", *key))
    day = f"(SELECT as_of FROM {STAGE}_day)"
    branches = [
        f"SELECT '{table}', {day}, CAST({json} AS TEXT), '{name}', CAST(o.{column} AS TEXT), CAST(n.{column} AS TEXT),"
        f" :run_id, CAST(:at AS TIMESTAMPTZ)"
        f" FROM (SELECT * FROM mart.{table} WHERE as_of = {day}) o FULL JOIN {STAGE} n ON {same}"
        f" WHERE o.{column} IS DISTINCT FROM n.{column}"
        for name, column in zip(compared, _quoted(connection, compared), strict=True)
    ]
    target = "ops.restatement (table_name, as_of, grain, column_name, before, after, run_id, restated_at)"
    said = connection.execute(
        sa.text(f"INSERT INTO {target} {' UNION ALL '.join(branches)}"), {"run_id": run_id, "at": at.isoformat()}
    )
    return max(said.rowcount, 0)


def keep_only(connection: sa.Connection, metric: Metric, newest: date) -> None:
    """Drop the days that the metric does not keep; `newest` is the newest day ever published."""
    if metric.keep == "every":
        return
    spared = f" AND NOT ({MONTH_END})" if metric.keep == "month_ends" else ""
    day = newest.isoformat()
    connection.exec_driver_sql(f"DELETE FROM mart.{metric.table} WHERE as_of < DATE '{day}'{spared}")


def _insist_on_grain(connection: sa.Connection, table: str, grain: Sequence[str], given: int) -> None:
    """Every row given is staged, with a key of its own."""
    key = ", ".join(_quoted(connection, grain)) or "1"
    empty = " OR ".join(f"{column} IS NULL" for column in _quoted(connection, grain)) or "false"
    distinct = f"SELECT count(*) FROM (SELECT DISTINCT {key} FROM {STAGE} WHERE NOT ({empty})) AS keys"
    whole, unique = connection.exec_driver_sql(f"SELECT (SELECT count(*) FROM {STAGE}), ({distinct})").one()
    if whole != given:
        raise WarehouseError(f"mart.{table}: the warehouse kept {whole} of {given} rows: nothing was published.")
    if grain and whole != unique:
        raise WarehouseError(
            f"mart.{table}: {whole - unique} rows repeat or lack their key: correct its grain ({', '.join(grain)})."
        )


def _quoted(connection: sa.Connection, names: Sequence[str]) -> list[str]:
    return [connection.dialect.identifier_preparer.quote_identifier(name) for name in names]
