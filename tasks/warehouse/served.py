"""DuckDB's serving copy: written beside the old one and renamed over it, so that a reader has the whole of either."""

import os
from contextlib import suppress

import duckdb
import sqlalchemy as sa

from tasks.errors import NewerError, WarehouseError
from tasks.warehouse.connect import Warehouse, mart_transaction
from tasks.warehouse.marts import MART_BUILD
from tasks.warehouse.schema import TABLE, refuse_newer, refuse_unknown


def copy_to_serve(where: Warehouse) -> None:
    """Write the serving copy anew and put it in the old one's place; readers are never blocked."""
    for leftover in where.folder.glob("serve.*.tmp*"):
        leftover.unlink(missing_ok=True)
    fresh = where.folder / f"serve.{os.getpid()}.tmp"
    try:
        with duckdb.connect(config={"memory_limit": where.memory_limit}) as connection:
            connection.execute(f"ATTACH '{where.work}' AS work (READ_ONLY)")
            connection.execute(f"ATTACH '{fresh}' AS serve (STORAGE_VERSION '{where.storage_version}')")
            connection.execute("COPY FROM DATABASE work TO serve")
            connection.execute("DETACH serve")
    except duckdb.Error as error:
        raise WarehouseError(
            f"The serving copy could not be written ({type(error).__name__}): run the publish again."
        ) from None
    with suppress(FileNotFoundError):  # swept away by a later publish, whose own copy holds this one's rows too
        os.replace(fresh, where.serve)


def heal(where: Warehouse) -> bool:
    """Rebuild a serving copy that is older than the work file (a kill between the two, a migration); true if it was.

    A locked work file means that another run publishes right now: it will write the copy itself.
    """
    if where.dialect == "postgresql" or not where.work.exists():
        return False
    try:
        with mart_transaction(where) as connection:
            published = {tuple(row) for row in connection.execute(sa.select(MART_BUILD.c.as_of, MART_BUILD.c.run_id))}
            held = refuse_newer(connection, "mart")
    except (WarehouseError, NewerError):  # locked, or empty; a newer one the run itself refuses
        return False
    if not published or _served(where) == (held, published):
        return False
    copy_to_serve(where)
    return True


def served_version(where: Warehouse) -> str | None:
    """The schema version of the copy; none when there is none, it cannot be read, or it is older than versions.

    Raises:
        NewerError: a newer version of the code wrote it.
    """
    with suppress(duckdb.Error), duckdb.connect() as connection:
        return attached(where, connection)
    return None


def attached(where: Warehouse, connection: duckdb.DuckDBPyConnection) -> str | None:
    """Attach the copy, if there is one, as `serve`; its schema version.

    Raises:
        NewerError: a newer version of the code wrote it.
    """
    if not where.serve.exists():
        return None
    connection.execute(f"ATTACH '{where.serve}' AS serve (READ_ONLY)")
    try:
        found = connection.execute(f"SELECT version_num FROM serve.mart.{TABLE}").fetchone()
    except duckdb.CatalogException:  # older than versions
        return None
    held = str(found[0]) if found else None
    refuse_unknown("mart", held, f"The warehouse's {where.serve}")
    return held


def _served(where: Warehouse) -> tuple[str | None, set[tuple[object, ...]]]:
    """The copy's version and what was published in it."""
    with suppress(duckdb.Error), duckdb.connect() as connection:
        held = attached(where, connection)
        return held, set(connection.execute("SELECT as_of, run_id FROM serve.mart.mart_build").fetchall())
    return None, set()
