"""The engine's workbench: a DuckDB connection, or Spark's, which answers the same calls in DuckDB's SQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import narwhals as nw
from duckdb import DuckDBPyConnection

from config.settings import Settings
from tasks.errors import ConfigError
from tasks.lake.read import versions

if TYPE_CHECKING:
    from tasks.engines.spark import SparkWorkbench

Workbench: TypeAlias = "DuckDBPyConnection | SparkWorkbench"


@contextmanager
def workbench(settings: Settings) -> Iterator[Workbench]:
    """An empty workbench of the engine that `settings` name, to conform, check and measure in.

    Raises:
        ConfigError: the engine is Spark, and it is not installed or gives no session.
    """
    with _in_duckdb(settings) as here:
        if settings.engine == "duckdb":
            yield here
            return
        try:
            from tasks.engines.session import session
            from tasks.engines.spark import SparkWorkbench
        except ImportError as error:
            raise ConfigError(
                f"engine is spark, but {error.name} is not installed: install requirements-spark.lock (see README.md), "
                "or set engine to duckdb."
            ) from None
        bench = SparkWorkbench(session(settings), here)
        try:
            yield bench
        finally:
            bench.close()


@contextmanager
def _in_duckdb(settings: Settings) -> Iterator[DuckDBPyConnection]:
    """An empty DuckDB; it spills to `home`/spill past the memory limit."""
    spill = settings.home / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"memory_limit": f"{settings.memory_limit}B", "temp_directory": str(spill)})
    try:
        connection.execute("SET timezone = 'UTC'; SET preserve_insertion_order = false")
        yield connection
    finally:
        connection.close()


@contextmanager
def lent_memory(here: DuckDBPyConnection, settings: Settings) -> Iterator[None]:
    """Keep a third of the memory limit while marts are handed on: half is the warehouse's, the rest the rows'."""
    here.execute(f"SET memory_limit = '{settings.memory_limit // 3}B'")
    try:
        yield
    finally:
        here.execute(f"SET memory_limit = '{settings.memory_limit}B'")


def register_versions(
    bench: Workbench, name: str, lake: str, instance: str, entity: str, known_at: datetime
) -> Sequence[str]:
    """Make the versions of a lake entity that were known at an instant a table of the engine; its columns."""
    if not isinstance(bench, DuckDBPyConnection):
        return bench.register_versions(name, lake, instance, entity, known_at)
    known = versions(bench, lake, instance, entity, known_at)
    bench.register(name, known)
    return tuple(known.columns)


def keep(bench: Workbench, name: str, frame: nw.LazyFrame[Any]) -> None:
    """Compute a frame and keep it as a table, in place of any of that name."""
    if not isinstance(bench, DuckDBPyConnection):
        bench.keep(name, frame.to_native())
        return
    bench.execute(f"DROP TABLE IF EXISTS {name}")
    frame.to_native().create(name)


def at_home(bench: Workbench, schema: str, tables: Sequence[str]) -> DuckDBPyConnection:
    """The DuckDB of this process holding these tables: the workbench itself, or where Spark's results are brought."""
    if isinstance(bench, DuckDBPyConnection):
        return bench
    return bench.brought_home(schema, tables)
