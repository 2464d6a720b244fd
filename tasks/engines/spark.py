"""Spark as the workbench: it answers the calls of a DuckDB connection that conforming, checking and measuring use.

Every table is computed when its statement runs and kept by the executors (`localCheckpoint`): later plans start from
its rows, and an executor that is lost fails the run, which is started again like any other. Tables belong to the
session. A table declared by its columns has a `rowid`, as DuckDB's tables have.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from sqlglot import exp

from tasks.engines.delta import read_versions
from tasks.engines.dialect import Parameters, flat_name, macro, parsed, to_spark

ROWID = "rowid"
ROW_BITS = 50  # of a row's number, those that tell the rows of one insert apart
BATCH = "batch_to_fill_in"


class SparkRows:
    """What a query found, fetched when asked for."""

    def __init__(self, frame: DataFrame) -> None:
        self._frame = frame

    def to_arrow_table(self) -> pa.Table:
        """Every row."""
        return self._frame.toArrow()

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row as Python values."""
        table = self.to_arrow_table()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row; of an insert, how many rows it added."""
        return next(iter(self.fetchall()), None)


class SparkWorkbench:
    """One run's tables in one Spark session; `home` is the DuckDB in this process that its results go to."""

    def __init__(self, spark: SparkSession, home: DuckDBPyConnection) -> None:
        self.spark = spark
        self.home = home
        self._macros: dict[str, tuple[tuple[str, ...], exp.Expression]] = {}
        self._names: set[str] = set()
        self._inserts = 0
        self._at_home: set[tuple[str, str]] = set()

    def execute(self, query: str, parameters: Parameters = ()) -> SparkRows:
        """Run one statement of the kinds that Baton uses, written for DuckDB."""
        statement = parsed(query)
        match statement:
            case exp.Create(kind="SCHEMA"):
                pass
            case exp.Create(kind="MACRO"):
                name, definition = macro(statement)
                self._macros[name] = definition
            case exp.Create(kind="VIEW"):
                self._name(flat_name(statement.this), self._query(statement.expression, parameters))
            case exp.Drop(kind="SCHEMA"):
                self._forget(f"{statement.args['tables'][0].db}__")
            case exp.Drop(kind="TABLE"):
                self.unregister(flat_name(statement.this))
            case exp.Create(kind="TABLE", this=exp.Schema()):
                self._declare(statement.this)
            case exp.Create(kind="TABLE"):
                self._keep(flat_name(statement.this), self._query(statement.expression, parameters))
            case exp.Insert():
                return self._insert(statement, parameters)
            case exp.Query():
                return SparkRows(self._query(statement, parameters))
            case _:
                raise NotImplementedError(f"{statement.key} is no statement that Baton's Spark workbench knows")
        return SparkRows(self.spark.range(0))

    def translated(self, query: str) -> str:
        """A query as Spark SQL, `{batch}` in it kept for Great Expectations to fill in."""
        return to_spark(parsed(query.replace("{batch}", BATCH)), self._macros).replace(BATCH, "{batch}")

    def register(self, name: str, rows: pa.Table) -> None:
        """Make a small Arrow table known by name."""
        self._name(name, self.spark.createDataFrame(rows))

    def register_versions(self, name: str, lake: str, instance: str, entity: str, known_at: datetime) -> Sequence[str]:
        """Make the versions of an entity that were known at an instant a table; its columns."""
        rows = read_versions(self.spark, lake, instance, entity, known_at)
        self._name(name, rows)
        return tuple(rows.columns)

    def unregister(self, name: str) -> None:
        """Forget a table."""
        self.spark.catalog.dropTempView(name)
        self._names.discard(name)

    def table(self, name: str) -> DataFrame:
        """A kept table without its row numbers."""
        return self.spark.table(name.replace(".", "__")).drop(ROWID)

    def keep(self, name: str, frame: DataFrame) -> None:
        """Compute a frame and keep it as a table."""
        self._keep(name.replace(".", "__"), frame)

    def brought_home(self, schema: str, tables: Sequence[str]) -> DuckDBPyConnection:
        """`home`, with these tables in it; each is fetched once."""
        self.home.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name in tables:
            if (schema, name) not in self._at_home:
                self.home.register("incoming", self.table(f"{schema}.{name}").toArrow())
                self.home.execute(f"CREATE OR REPLACE TABLE {schema}.{name} AS FROM incoming")
                self.home.unregister("incoming")
                self._at_home.add((schema, name))
        return self.home

    def close(self) -> None:
        """Forget every table; the session stays, for the next run of this process."""
        self._forget("")

    def _forget(self, beginning: str) -> None:
        for name in [name for name in self._names if name.startswith(beginning)]:
            self.unregister(name)

    def _query(self, tree: exp.Expression, parameters: Parameters) -> DataFrame:
        return self.spark.sql(to_spark(tree, self._macros, parameters))

    def _declare(self, declared: exp.Schema) -> None:
        """An empty table."""
        name = flat_name(declared.this)
        kinds = [(one.name, one.args["kind"].sql("spark")) for one in declared.expressions]
        columns = (f.lit(None).cast(kind).alias(column) for column, kind in [*kinds, (ROWID, "bigint")])
        self._name(name, self.spark.range(0).select(*columns))

    def _insert(self, statement: exp.Insert, parameters: Parameters) -> SparkRows:
        """Append a query's rows to a table, by name or by position, cast to its types; how many they are."""
        name = flat_name(statement.this)
        source = statement.expression
        rows = self._query(exp.select("*").from_(source) if isinstance(source, exp.Values) else source, parameters)
        held = self.spark.table(name)
        columns = held.drop(ROWID).schema
        if not statement.args.get("by_name"):
            rows = rows.toDF(*columns.names)
        given = [f.col(one) if one in rows.columns else f.lit(None) for one in columns.names]
        cast = [value.cast(one.dataType).alias(one.name) for value, one in zip(given, columns, strict=True)]
        self._inserts += 1
        numbers = f.monotonically_increasing_id() + f.lit(self._inserts << ROW_BITS)
        added = rows.select(*cast, numbers.alias(ROWID)).localCheckpoint()
        if count := added.count():
            self._name(name, held.unionAll(added))
        return SparkRows(self.spark.sql(f"SELECT {count}"))

    def _keep(self, name: str, frame: DataFrame) -> None:
        self._name(name, frame.localCheckpoint())

    def _name(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._names.add(name)
