"""The edge between metrics and readers: integers in minor units and seconds become amounts and hours.

`x_minor` -> `x_amount` NUMERIC(18,2) in the reporting currency, `x_seconds` -> `x_hours`, `x_bp` -> `x_pct`; all else
keeps its name. Money goes from integer to decimal without a float between.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from tasks.core.currencies import decimals
from tasks.errors import WarehouseError
from tasks.metrics.metric import Metric

AMOUNT = pa.decimal128(18, 2)
INSTANT = pa.timestamp("us", tz="UTC")
RENAMED = (("minor", "amount"), ("seconds", "hours"), ("bp", "pct"))
UNITS = (("amount", "reporting currency"), ("hours", "hours"), ("pct", "percent"), ("ratio", "ratio"), ("days", "days"))
EMPTY: tuple[tuple[str, pa.DataType], ...] = (     # the kind of a column that came without one, by its name
    ("minor", pa.int64()), ("seconds", pa.int64()), ("bp", pa.int64()), ("count", pa.int64()), ("pct", pa.float64()),
    ("ratio", pa.float64()), ("days", pa.float64()), ("date", pa.date32()), ("at", INSTANT),
)  # fmt: skip
SQL: tuple[tuple[pa.DataType, sa.types.TypeEngine[Any]], ...] = (
    (AMOUNT, sa.Numeric(18, 2)),
    (pa.int64(), sa.BigInteger()),
    (pa.float64(), sa.Double()),  # `Float` is 32 bits on DuckDB
    (pa.bool_(), sa.Boolean()),
    (pa.string(), sa.Text()),
    (pa.date32(), sa.Date()),
    (INSTANT, sa.DateTime(timezone=True)),
)


def published_name(name: str) -> str:
    """The name readers see: `gross_minor` is published as `gross_amount`, `amount_minor` as `amount`."""
    for unit, published in RENAMED:
        if name == unit or name.endswith("_" + unit):
            stem = name[: len(name) - len(unit)]
            return published if stem == f"{published}_" else stem + published
    return name


def unit_of(published: str) -> str:
    """The unit that a published name carries, empty when it carries none."""
    return next((unit for suffix, unit in UNITS if published == suffix or published.endswith("_" + suffix)), "")


def sql_type(kind: pa.DataType) -> sa.types.TypeEngine[Any]:
    """The column type of a published Arrow type."""
    return next(sql for arrow, sql in SQL if arrow == kind)


def published(metric: Metric, table: pa.Table, as_of: date, currency: str) -> pa.Table:
    """The mart as readers see it: `as_of` first, then the metric's columns in their declared order.

    Raises:
        WarehouseError: a column is missing, undeclared, or of a kind that readers cannot be given.
    """
    if set(table.column_names) != set(metric.columns):
        wrong = ", ".join(sorted(set(table.column_names) ^ set(metric.columns)))
        raise WarehouseError(
            f"mart.{metric.table}: {wrong} missing or not declared: make compute return Metric.columns."
        )
    names = ["as_of", *(published_name(name) for name in metric.columns)]
    if len(set(names)) < len(names):
        raise WarehouseError(f"mart.{metric.table}: two columns would be published under one name: rename one.")
    scale = decimals(currency)
    arrays = [_published(metric.table, name, table.column(name), scale) for name in metric.columns]
    day = pa.repeat(pa.scalar(as_of, pa.date32()), table.num_rows)
    return pa.table([day, *arrays], names=names)


def _published(table: str, name: str, column: pa.ChunkedArray, scale: int) -> pa.ChunkedArray:
    column = _plain(name, column)
    unit = name.rsplit("_", 1)[-1]
    try:
        if unit == "minor":
            exact = pc.multiply(column.cast(pa.decimal128(19, 0)), pa.scalar(Decimal(1).scaleb(-scale)))
            return exact.cast(AMOUNT)
        if unit == "seconds":
            return pc.divide(column.cast(pa.float64()), 3600.0)
        if unit == "bp":
            return pc.divide(column.cast(pa.float64()), 100.0)
    except pa.ArrowInvalid:
        raise WarehouseError(f"mart.{table}.{name}: a value does not fit the published type: check its unit.") from None
    if column.type not in [arrow for arrow, _ in SQL]:
        raise WarehouseError(
            f"mart.{table}.{name} is {column.type}: cast it in the metric (sums to Int64, days to Date)."
        )
    return column


def _plain(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in its plainest equal type: one text type, 64-bit numbers, UTC microseconds."""
    kind = column.type
    if pa.types.is_null(kind):
        return column.cast(_kind_of_empty(name))
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind) and kind.tz:
        return column.cast(INSTANT)
    return column


def _kind_of_empty(name: str) -> pa.DataType:
    if name.startswith(("is_", "has_")):
        return pa.bool_()
    unit = name.rsplit("_", 1)[-1]
    return next((kind for suffix, kind in EMPTY if unit == suffix), pa.date32() if name == "month" else pa.string())
