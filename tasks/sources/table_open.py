"""A table source's files, Delta tables and database as relations of one DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from config.policy import ROOT
from config.table import FedTable, TableSource
from tasks.errors import ConfigError, UnreachableError
from tasks.lake.typed import utc_connection
from tasks.sources.counts import Counts

DAY: Final = timedelta(days=1)


def quoted(name: str) -> str:
    """A name in DuckDB's SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text in DuckDB's SQL."""
    return "'" + value.replace("'", "''") + "'"


@dataclass
class Tables:
    """An open line to one table source; what the pull asks of an HTTP client, as far as there is anything to do."""

    instance: str
    source: TableSource
    counts: Counts = field(default_factory=Counts)
    attempts: int = 1

    @property
    def session(self) -> "Tables":
        """What is closed at the end."""
        return self

    def begin(self) -> None:
        """Nothing to begin: a read has no deadline of its own."""

    def abandon(self) -> None:
        """Nothing is under way beside the read itself."""

    def close(self) -> None:
        """Leave the database."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @cached_property
    def engine(self) -> Engine:
        """The database; its address is never told.

        Raises:
            ConfigError: the address is missing or not one of SQLAlchemy's.
        """
        setting = f"BATON_SOURCES__{self.instance.upper()}__URL"
        try:
            return create_engine(self.source.url.get_secret_value())
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
            raise ConfigError(
                f"{setting} is missing or no address that SQLAlchemy knows ({type(error).__name__}): "
                "set it like postgresql+psycopg://user@host/database."
            ) from None

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns of a table as they are now.

        Raises:
            ConfigError: it is not there or cannot be read as its format.
            UnreachableError: the database does not answer.
        """
        fed = self.source.tables[name]
        if fed.query:
            return tuple(self._asked(name, f"SELECT * FROM ({_bare(fed.query)}) AS fed WHERE 1 = 0").column_names)
        with utc_connection() as connection:
            return tuple(self.relation(connection, name, ()).columns)

    def relation(
        self, connection: duckdb.DuckDBPyConnection, name: str, wanted: Sequence[str], since: datetime | None = None
    ) -> duckdb.DuckDBPyRelation:
        """A table; of a query only the `wanted` columns, and rows from the day before `since` on or without a cursor.

        Raises:
            ConfigError: it is not there or cannot be read as its format.
            UnreachableError: the database does not answer.
        """
        fed = self.source.tables[name]
        self.counts.add(requests=1, pages=1)
        try:
            if fed.csv:
                given = f"delim = {literal(fed.delimiter)}, quote = '\"', escape = '\"', header = true"
                return connection.sql(f"FROM read_csv({self._file(fed.csv)}, {given}, all_varchar = true)")
            if fed.parquet:
                return connection.sql(f"FROM read_parquet({self._file(fed.parquet)}, union_by_name = true)")
            if fed.delta:
                return connection.from_arrow(DeltaTable(self._path(fed.delta)).to_pyarrow_dataset())
        except (duckdb.Error, DeltaError, OSError) as error:
            raise unreadable(self.instance, name, fed, error) from None
        return connection.from_arrow(self._asked(name, _select(self.engine, fed, wanted, since), since))

    def _path(self, place: str) -> str:
        return place if "://" in place else str(Path(ROOT, self.source.folder, place))

    def _file(self, place: str) -> str:
        return literal(self._path(place))

    def _asked(self, name: str, sql: str, since: datetime | None = None) -> pa.Table:
        """What the database answers."""
        given = {"since": (since - DAY).date().isoformat()} if since else {}
        try:
            connection = self.engine.connect()
        except SQLAlchemyError as error:
            raise UnreachableError(
                f"{self.instance}: the database does not answer or refuses the login ({_kind(error)}): check "
                f"BATON_SOURCES__{self.instance.upper()}__URL, and that the server can be reached from here."
            ) from None
        try:
            with connection:
                result = connection.execute(text(sql), given)
                names, rows = list(result.keys()), result.fetchall()
        except SQLAlchemyError as error:
            raise ConfigError(
                f"{self.instance}.{name}: the database refused the query ({_kind(error)}): run it there, and correct "
                f"`query` of {name} in `tables`, or the rights of the user."
            ) from None
        return pa.table([_array(values) for values in zip(*rows, strict=True)] or [[] for _ in names], names=names)


def unreadable(instance: str, name: str, fed: FedTable, error: Exception) -> ConfigError:
    """What to say when a file is not there or is not what its format says; what stands in it is not told."""
    kind, place = next((kind, getattr(fed, kind)) for kind in ("csv", "parquet", "delta") if getattr(fed, kind))
    return ConfigError(
        f"{instance}.{name}: {place} is not there or is no {kind} ({type(error).__name__}): put it there whole, or "
        f"correct `{kind}` of {name} in `tables`."
    )


def _select(engine: Engine, fed: FedTable, wanted: Sequence[str], since: datetime | None) -> str:
    """The query, narrowed by the database itself where it can be without converting anything."""
    quote = engine.dialect.identifier_preparer.quote_identifier
    listed = ", ".join(quote(column) for column in wanted)
    within = ""
    if since:
        within = f" WHERE {quote(fed.cursor)} IS NULL OR {quote(fed.cursor)} >= :since"
    return f"SELECT {listed} FROM ({_bare(fed.query)}) AS fed{within}"


def _bare(query: str) -> str:
    """A query as part of another; a colon in it is no parameter."""
    return query.strip().rstrip(";").replace(":", r"\:")


def _array(values: Sequence[Any]) -> pa.Array:
    """One column; values of several kinds, or of one that Arrow has no word for, as their text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _kind(error: SQLAlchemyError) -> str:
    return type(getattr(error, "orig", None) or error).__name__
