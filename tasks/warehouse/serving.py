"""What readers see: the serving copy on DuckDB, the database itself on PostgreSQL; one SQL for both."""

import re
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from tasks.errors import WarehouseError
from tasks.warehouse.columns import AMOUNT, INSTANT
from tasks.warehouse.connect import Warehouse, mart_transaction, ops_transaction
from tasks.warehouse.ops import METADATA, RESTATEMENT
from tasks.warehouse.schema import refuse_newer
from tasks.warehouse.served import attached

NAMED = re.compile(r"\b(mart|ops)\.(\w+)")
KINDS = {     # PostgreSQL's type oids
    16: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int64(), 700: pa.float64(), 701: pa.float64(),
    1082: pa.date32(), 1184: INSTANT,
}  # fmt: skip


def table(where: Warehouse, sql: str, **params: object) -> pa.Table:
    """The answer to `sql`, exactly typed; it names tables as `mart.x` and `ops.x`, and parameters as `:name`.

    Raises:
        WarehouseError: nothing was published yet, or the statement is wrong.
        NewerError: a newer version of the code wrote the warehouse.
    """
    return _from_postgresql(where, sql, params) if where.dialect == "postgresql" else _from_duckdb(where, sql, params)


def read(where: Warehouse, sql: str, **params: object) -> pd.DataFrame:
    """`table` as a pandas frame of Arrow types: amounts stay decimals and dates stay dates."""
    frame: pd.DataFrame = table(where, sql, **params).to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def rows(where: Warehouse, sql: str, **params: object) -> list[dict[str, Any]]:
    """`table` as Python values, for small answers."""
    found: list[dict[str, Any]] = table(where, sql, **params).to_pylist()
    return found


def has_mart(where: Warehouse, name: str) -> bool:
    """Whether the mart was ever published."""
    try:
        return bool(
            rows(where, "SELECT 1 AS is_there FROM mart.metric_catalog WHERE table_name = :name LIMIT 1", name=name)
        )
    except WarehouseError:
        return False


def _from_duckdb(where: Warehouse, sql: str, params: dict[str, object]) -> pa.Table:
    statement = re.sub(
        r"(?<![:\w]):([A-Za-z_]\w*)", lambda found: f"${found[1]}" if found[1] in params else found[0], sql
    )
    with duckdb.connect() as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'")
            attached(where, connection)
            connection.execute("CREATE SCHEMA mart; CREATE SCHEMA ops")
            for schema, name in sorted(set(NAMED.findall(sql))):
                _offer(where, connection, schema, name)
            return connection.execute(statement, params).to_arrow_table()
        except duckdb.Error as error:
            raise WarehouseError(
                f"The warehouse cannot answer: {str(error).splitlines()[0]}. Has it been published?"
            ) from None


def _offer(where: Warehouse, connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> None:
    """Make one table visible: from the serving file, or of `ops` from its own."""
    if schema == "mart" or name == RESTATEMENT.name:
        connection.execute(f"CREATE VIEW {schema}.{name} AS FROM serve.{schema}.{name}")
        return
    declared = METADATA.tables.get(f"ops.{name}")
    if declared is None or not where.ops.exists():
        return
    with ops_transaction(where) as source:
        refuse_newer(source, "ops")
        found = [dict(row._mapping) for row in source.execute(sa.select(declared))]
    connection.register(f"ops_{name}", pa.Table.from_pylist(found, schema=_schema(declared)))
    connection.execute(f"CREATE VIEW ops.{name} AS FROM ops_{name}")


def _schema(declared: sa.Table) -> pa.Schema:
    kinds = (
        (sa.Boolean, pa.bool_()),
        (sa.Integer, pa.int64()),
        (sa.Float, pa.float64()),
        (sa.Date, pa.date32()),
        (sa.TypeDecorator, INSTANT),
    )
    return pa.schema(
        [
            (column.name, next((arrow for sql, arrow in kinds if isinstance(column.type, sql)), pa.string()))
            for column in declared.columns
            if not isinstance(column.type, sa.JSON)
        ]
    )


def _from_postgresql(where: Warehouse, sql: str, params: dict[str, object]) -> pa.Table:
    with mart_transaction(where) as connection:
        refuse_newer(connection, "ops")
        refuse_newer(connection, "mart")
        answer = connection.execute(sa.text(sql), params)
        kinds: list[Any] = [column[1] for column in answer.cursor.description]
        names = list(answer.keys())
        columns = list(zip(*answer.fetchall(), strict=True)) or [()] * len(names)
    arrays = [_array(list(values), kind) for values, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=names)


def _array(values: list[Any], kind: int) -> pa.Array:
    if kind == 1700:
        decimals = [value for value in values if value is not None]
        return pa.array(
            values, None if any(isinstance(d, Decimal) and d.as_tuple().exponent != -2 for d in decimals) else AMOUNT
        )
    if kind in KINDS:
        return pa.array(values, KINDS[kind])
    return pa.array([value if value is None or isinstance(value, str) else str(value) for value in values], pa.string())
