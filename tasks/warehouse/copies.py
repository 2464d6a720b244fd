"""The warehouse, copied to or from a backup's folder; on DuckDB that folder is a warehouse of its own."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from tasks.errors import WarehouseError
from tasks.warehouse import dump
from tasks.warehouse.connect import Warehouse, mart_transaction, ops_transaction
from tasks.warehouse.schema import TABLE
from tasks.warehouse.served import copy_to_serve

Rows = dict[str, int]  # schema.table -> how many


def save(where: Warehouse, folder: Path) -> Rows:
    """Copy the warehouse to a new folder, each half as one transaction left it; its rows.

    On DuckDB the marts are those that readers see: their file is never written, only replaced, so that nobody waits.

    Raises:
        WarehouseError: the warehouse is down.
    """
    folder.mkdir(parents=True)
    if where.dialect == "postgresql":
        with mart_transaction(where) as connection:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            dump.save(connection, folder)
            return _counted(connection)
    copy = replace(where, folder=folder)
    _copy_sqlite(where.ops, copy.ops)
    if where.serve.exists():
        shutil.copyfile(where.serve, copy.work)
    return rows_held(copy)


def load(where: Warehouse, folder: Path) -> Rows:
    """Put a folder's copy in the place of the warehouse; the rows it has then.

    Raises:
        WarehouseError: the warehouse is down, or a run is writing it.
    """
    if where.dialect == "postgresql":
        with mart_transaction(where) as connection:
            dump.load(connection, folder)
            return _counted(connection)
    rows_held(where)  # makes the folder, and finds a run that is writing
    copy = replace(where, folder=folder)
    _copy_sqlite(copy.ops, where.ops)
    where.serve.unlink(missing_ok=True)
    where.work.unlink(missing_ok=True)
    if copy.work.exists():
        fresh = where.work.with_suffix(".tmp")
        shutil.copyfile(copy.work, fresh)
        os.replace(fresh, where.work)
        copy_to_serve(where)
    return rows_held(where)


def is_empty(where: Warehouse) -> bool:
    """Whether nothing was ever recorded or published.

    Raises:
        WarehouseError: the warehouse is down, or a run is writing it.
    """
    return not any(count for name, count in rows_held(where).items() if not name.endswith(f".{TABLE}"))


def rows_held(where: Warehouse) -> Rows:
    """The rows of every table."""
    with ops_transaction(where) as connection:
        found = _counted(connection)
    if where.dialect == "duckdb" and where.work.exists():
        with mart_transaction(where) as connection:
            found |= _counted(connection)
    return found


def _counted(connection: sa.Connection) -> Rows:
    inspector = sa.inspect(connection)
    schemas = [None] if connection.dialect.name == "sqlite" else ["mart", "ops"]
    found = [(schema, name) for schema in schemas for name in inspector.get_table_names(schema=schema)]
    count = sa.select(sa.func.count())
    return {
        f"{schema or 'ops'}.{name}": connection.execute(count.select_from(sa.table(name, schema=schema))).scalar_one()
        for schema, name in found
    }


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own online copy: one state of the file, whoever reads or writes either."""
    try:
        with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(target)) as copy:
            held.backup(copy)
    except sqlite3.Error as error:
        raise WarehouseError(
            f"{source} cannot be copied to {target} ({error}): let runs end, see that the disk has space."
        ) from None
