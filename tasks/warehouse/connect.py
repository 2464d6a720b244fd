"""Where the warehouse is, and a transaction on either half of it.

DuckDB lets one writer exclude every reader, so there are three files in `home/warehouse`: `work.duckdb` is written
by the publish, `serve.duckdb` is its copy for readers, `ops.sqlite` takes the many small writers. PostgreSQL holds
everything in one database.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from config.settings import Settings
from tasks.errors import ConfigError, LockedError, WarehouseError

Dialect = Literal["duckdb", "postgresql"]
FILES = "give this user write access to BATON_HOME/warehouse, on a disk with free space."


@dataclass(frozen=True)
class Warehouse:
    """An address: nothing is opened until it is used."""

    dialect: Dialect
    folder: Path  # of the DuckDB files; on PostgreSQL only the alert spool lives there
    storage_version: str  # the oldest DuckDB that can open the serving file
    memory_limit: str
    url: str = field(default="", repr=False)  # PostgreSQL's, with its password: never printed

    @property
    def work(self) -> Path:
        """The file that the publish writes."""
        return self.folder / "work.duckdb"

    @property
    def serve(self) -> Path:
        """The file that readers open."""
        return self.folder / "serve.duckdb"

    @property
    def ops(self) -> Path:
        """The file of schema `ops`."""
        return self.folder / "ops.sqlite"


def warehouse(settings: Settings) -> Warehouse:
    """The warehouse that the settings name.

    Raises:
        ConfigError: the URL is of a database other than PostgreSQL.
    """
    url = settings.warehouse_url.get_secret_value()
    if url and not url.startswith(("postgresql://", "postgresql+psycopg://")):
        raise ConfigError("BATON_WAREHOUSE_URL must start with postgresql+psycopg:// (or be empty: DuckDB files).")
    return Warehouse(
        dialect="postgresql" if url else "duckdb",
        folder=settings.home / "warehouse",
        storage_version=settings.duckdb_storage_version,
        memory_limit=f"{settings.memory_limit // 2}B",
        url=url.replace("postgresql://", "postgresql+psycopg://", 1),
    )


def probe(where: Warehouse) -> str:
    """Connect to the warehouse as a run would and say what it is; nothing is written but, on DuckDB, the empty files.

    Raises:
        WarehouseError: the database is down, its files cannot be written, or the user may not create a schema.
    """
    if where.dialect == "duckdb":
        with ops_transaction(where) as connection:  # the work file is left alone: a publish may hold its lock
            connection.exec_driver_sql("SELECT 1")
        return f"DuckDB files in {where.folder}, can be written"
    with ops_transaction(where) as connection:
        version = connection.scalar(sa.text("SHOW server_version"))
        may_create = connection.scalar(sa.text("SELECT has_database_privilege(current_database(), 'CREATE')"))
    if not may_create:
        raise WarehouseError("The warehouse's user may not create schemas: GRANT CREATE ON DATABASE to it.")
    return f"PostgreSQL {version}, can be written"


@contextmanager
def mart_transaction(where: Warehouse) -> Iterator[sa.Connection]:
    """One transaction on schema `mart` (and, on PostgreSQL, on everything).

    Raises:
        WarehouseError: the database is down, locked by another publish, or refused a statement.
    """
    if where.dialect == "postgresql":
        engine = _postgresql(where)
    else:
        _make_folder(where)
        config = {"memory_limit": where.memory_limit}
        engine = sa.create_engine(f"duckdb:///{where.work}", poolclass=sa.NullPool, connect_args={"config": config})
        sa.event.listen(engine, "connect", lambda connection, _record: connection.execute("SET TimeZone = 'UTC'"))
    with _transaction(engine) as connection:
        yield connection


@contextmanager
def ops_transaction(where: Warehouse) -> Iterator[sa.Connection]:
    """One transaction on schema `ops`; on DuckDB the SQLite file, whose writers wait for each other.

    Raises:
        WarehouseError: the database is down or refused a statement.
    """
    if where.dialect == "postgresql":
        engine = _postgresql(where)
    else:
        _make_folder(where)
        engine = sa.create_engine(f"sqlite:///{where.ops}", poolclass=sa.NullPool, connect_args={"timeout": 60})
        sa.event.listen(engine, "connect", _write_ahead)
        sa.event.listen(engine, "begin", _begin_immediately)
        engine = engine.execution_options(schema_translate_map={"ops": None})
    with _transaction(engine) as connection:
        yield connection


def _make_folder(where: Warehouse) -> None:
    try:
        where.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(
            f"The warehouse's folder {where.folder} cannot be made ({type(error).__name__}): correct BATON_HOME."
        ) from None


def driver(connection: sa.Connection) -> Any:
    """The driver's own connection, for bulk loading."""
    return connection.connection.dbapi_connection


def _postgresql(where: Warehouse) -> sa.Engine:
    return sa.create_engine(where.url, poolclass=sa.NullPool, connect_args={"connect_timeout": 10})


def _write_ahead(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below takes the place of the driver's late one
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_immediately(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # a reader that becomes a writer would be refused under WAL


@contextmanager
def _transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        kind = LockedError if _is_lock(error) else WarehouseError
        raise kind(f"The warehouse ({engine.dialect.name}) {_remedy(error, engine.dialect.name)}") from None
    except sqlite3.Error as error:  # of the listener, which SQLAlchemy does not wrap
        raise WarehouseError(f"The warehouse's file ops.sqlite cannot be written ({error}): {FILES}") from None


def _is_lock(error: sa.exc.DBAPIError) -> bool:
    return re.search(r"\block", str(error.orig)) is not None


def _remedy(error: sa.exc.DBAPIError, dialect: str) -> str:
    """What to do; the database's own words only where they name schema objects, never values or the URL."""
    text = str(error.orig)
    if _is_lock(error):
        return "is locked by another run: wait for it to end, then run again."
    if isinstance(error, sa.exc.OperationalError) and not error.statement:
        if dialect != "postgresql":
            return f"cannot open its file: {FILES}"
        return "does not answer: check BATON_WAREHOUSE_URL (user, password, database) and that the server is up."
    words = f": {text.splitlines()[0][:200]}" if isinstance(error, sa.exc.ProgrammingError) and text else ""
    return f"refused a statement ({type(error.orig).__name__}{words}): is it of another version than this code?"
