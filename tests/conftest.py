"""Rows in, rows out: metric tests write core rows as dicts and run on every engine."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest

from tasks.core.tables import CORE, Kind, Table

ARROW: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
}
Row = Mapping[str, Any]
Rows = Callable[..., dict[str, nw.LazyFrame]]


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
