"""One day of one mart, replaced in bulk inside an open transaction; what changed is written down first."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain

import psycopg
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
    table, names = mart_table(metric, first.schema), first.schema.names
    before = create_or_widen(connection, table, grain)
    rows, restated = chain([first], batches), 0
    target = f"mart.{metric.table}"
    clear = f"DELETE FROM {target} WHERE as_of IN (SELECT as_of FROM {STAGE}_day)"
    try:
        if known and metric.keep == "every" and before:
            count = _load(connection, _stage(connection, table), rows)
            compared = [name for name in names if name in before and name not in ("as_of", *grain)]
            restated = note_restatements(connection, metric.table, grain, compared, run_id, at)
            listed = ", ".join(_quoted(connection, names))
            connection.exec_driver_sql(clear)
            connection.exec_driver_sql(f"INSERT INTO {target} ({listed}) SELECT {listed} FROM {STAGE}")
        else:
            connection.exec_driver_sql(clear)
            count = _load(connection, target, rows)
    except (sa.exc.IntegrityError, psycopg.IntegrityError):
        raise _wrong_grain(metric.table, "some", grain) from None
    _insist_on_grain(connection, metric.table, grain, count)
    return count, restated


def _stage(connection: sa.Connection, table: sa.Table) -> str:
    """An empty temporary table `incoming` like the mart, in this transaction; DuckDB holds it in memory."""
    columns = [sa.Column(column.name, column.type) for column in table.columns]
    temporary = sa.Table(STAGE, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {STAGE}")
    temporary.create(connection, checkfirst=False)
    return STAGE


def _load(connection: sa.Connection, target: str, batches: Iterator[pa.Table]) -> int:
    """Append the batches to a table, by Arrow or COPY; how many rows they are."""
    return (_insert if connection.dialect.name == "duckdb" else _copy)(connection, target, batches)


def _insert(connection: sa.Connection, target: str, batches: Iterator[pa.Table]) -> int:
    """One insert of a stream: what is registered is held until the transaction ends, so it must not be the rows."""
    first, counts = next(batches), [0]
    refused: list[WarehouseError] = []

    def parts() -> Iterator[pa.RecordBatch]:
        try:
            for batch in chain([first], batches):
                counts.append(batch.num_rows)
                yield from batch.to_batches()
        except WarehouseError as error:  # on its way through DuckDB it would become one of DuckDB's
            refused.append(error)
            raise

    driver(connection).register("rows", pa.RecordBatchReader.from_batches(first.schema, parts()))
    try:
        connection.exec_driver_sql(f"INSERT INTO {target} BY NAME FROM rows")
    except sa.exc.DBAPIError:
        if refused:
            raise refused[0] from None
        raise
    finally:
        driver(connection).unregister("rows")
    return sum(counts)


def _copy(connection: sa.Connection, target: str, batches: Iterator[pa.Table]) -> int:
    first = next(batches)
    names, count = ", ".join(_quoted(connection, first.schema.names)), 0
    with driver(connection).cursor().copy(f"COPY {target} ({names}) FROM STDIN (FORMAT csv)") as copy:
        for batch in chain([first], batches):
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
    """Every row given is in the mart, with a key of its own."""
    key = ", ".join(_quoted(connection, grain)) or "1"
    empty = " OR ".join(f"{column} IS NULL" for column in _quoted(connection, grain)) or "false"
    day = f"FROM mart.{table} WHERE as_of IN (SELECT as_of FROM {STAGE}_day)"
    distinct = f"SELECT count(*) FROM (SELECT DISTINCT {key} {day} AND NOT ({empty})) AS keys"
    whole, unique = connection.exec_driver_sql(f"SELECT (SELECT count(*) {day}), ({distinct})").one()
    if whole != given:
        raise WarehouseError(f"mart.{table}: the warehouse kept {whole} of {given} rows: nothing was published.")
    if grain and whole != unique:
        raise _wrong_grain(table, str(whole - unique), grain)


def _wrong_grain(table: str, count: str, grain: Sequence[str]) -> WarehouseError:
    return WarehouseError(
        f"mart.{table}: {count} rows repeat or lack their key: correct its grain ({', '.join(grain)})."
    )


def _quoted(connection: sa.Connection, names: Sequence[str]) -> list[str]:
    return [connection.dialect.identifier_preparer.quote_identifier(name) for name in names]
