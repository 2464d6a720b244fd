"""The tables of schema `mart`: one per metric, plus `mart_build` and `metric_catalog`, which describe them."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Column, Date, Text

from tasks.errors import WarehouseError
from tasks.metrics.metric import Metric
from tasks.warehouse.columns import published_name, sql_type, unit_of
from tasks.warehouse.connect import Warehouse, mart_transaction
from tasks.warehouse.ops import RESTATEMENT, Instant
from tasks.warehouse.schema import bring_up

METADATA = sa.MetaData(schema="mart")
MART_BUILD = sa.Table(
    "mart_build", METADATA,
    Column("as_of", Date, primary_key=True, comment="the business day measured"),
    Column("known_at", Instant, nullable=False, comment="what had been pulled by then"),
    Column("run_id", Text, nullable=False, comment="the run that published it last"),
    Column("published_at", Instant, nullable=False, comment="when"),
    Column("currency", Text, nullable=False, comment="of every amount"),
    Column("quality", Text, nullable=False, comment="ok, or warnings"),
    Column("version", Text, nullable=False, comment="Baton's"),
    Column("definition_hash", Text, nullable=False, comment="changes when a metric's definition does"),
    Column("data_as_of", Text, nullable=False, comment="per source the instant up to which it was read, as JSON"),
    Column("rows_read", sa.BigInteger, comment="core rows known that day; null before it was noted"),
    Column("rows_held", sa.BigInteger, comment="of them held back by a check; null before it was noted"),
    comment="one row per published day: what the numbers of that day were made from",
)  # fmt: skip
METRIC_CATALOG = sa.Table(
    "metric_catalog", METADATA,
    Column("table_name", Text, primary_key=True),
    Column("column_name", Text, primary_key=True),
    Column("meaning", Text, nullable=False),
    Column("unit", Text, nullable=False, comment="empty for text, dates, counts and flags"),
    Column("is_grain", sa.Boolean, nullable=False, comment="part of the row's key, together with as_of"),
    Column("keep", Text, nullable=False, comment="which days are kept: every, month_ends or latest"),
    Column("definition", Text, nullable=False, comment="the business definition of the table"),
    comment="what every published column means",
)  # fmt: skip


def create_mart(where: Warehouse) -> None:
    """Create schema `mart` with its two describing tables, or bring it to this code's version; safe to run again.

    Raises:
        WarehouseError: the warehouse is down or locked.
        NewerError: a newer version of the code wrote it.
    """
    with mart_transaction(where) as connection:
        bring_up(connection, "mart", [*METADATA.sorted_tables, RESTATEMENT])


def mart_table(metric: Metric, kinds: pa.Schema) -> sa.Table:
    """The mart of a metric, its columns commented with their meaning.

    DuckDB gets no primary key: its index would double the file, and a whole day is replaced and checked at a time.
    """
    key = {"as_of", *(published_name(name) for name in metric.grain)}
    meanings = {"as_of": "the business day measured"}
    meanings |= {published_name(name): meaning for name, meaning in metric.columns.items()}
    columns: list[sa.schema.SchemaItem] = [
        Column(field.name, sql_type(field.type), nullable=field.name not in key, comment=meanings[field.name])
        for field in kinds
    ]
    return sa.Table(metric.table, sa.MetaData(schema="mart"), *columns, comment=first_line(metric.definition))


def create_or_widen(connection: sa.Connection, table: sa.Table, grain: Sequence[str]) -> list[str]:
    """Create the table, or add the columns that it lacks; the columns that it had before.

    Raises:
        WarehouseError: a column changed its type; only a person may drop published numbers.
    """
    inspector = sa.inspect(connection)
    if not inspector.has_table(table.name, schema="mart"):
        if connection.dialect.name == "postgresql":
            table.append_constraint(sa.PrimaryKeyConstraint("as_of", *grain))
        table.create(connection)
        return []
    present = {column["name"]: column["type"] for column in inspector.get_columns(table.name, schema="mart")}
    quote = connection.dialect.identifier_preparer.quote
    for column in table.columns:
        kind = column.type.compile(connection.dialect)
        if column.name not in present:
            connection.exec_driver_sql(f"ALTER TABLE mart.{table.name} ADD COLUMN {quote(column.name)} {kind}")
        elif _family(present[column.name]) != _family(column.type):
            raise WarehouseError(
                f"mart.{table.name}.{column.name} is published as {present[column.name]}, the metric now gives {kind}: "
                f"drop mart.{table.name} and publish its days again (`baton run backfill`)."
            )
    return list(present)


def _family(kind: sa.types.TypeEngine[Any]) -> type:
    order = (sa.Boolean, sa.Double, sa.Integer, sa.DateTime, sa.Date, sa.Numeric, sa.String)
    return next((family for family in order if isinstance(kind, family)), type(kind))


def describe(connection: sa.Connection, metrics: Sequence[Metric]) -> None:
    """Write the catalog rows of these metrics in place of their old ones."""
    rows = [
        {
            "table_name": metric.table,
            "column_name": published_name(name),
            "meaning": meaning,
            "unit": unit_of(published_name(name)),
            "is_grain": name in metric.grain,
            "keep": metric.keep,
            "definition": metric.definition,
        }
        for metric in metrics
        for name, meaning in metric.columns.items()
    ]
    named = METRIC_CATALOG.c.table_name.in_([metric.table for metric in metrics])
    connection.execute(sa.delete(METRIC_CATALOG).where(named))
    if rows:
        connection.execute(sa.insert(METRIC_CATALOG), rows)


def first_line(text: str) -> str:
    """The first line of a docstring."""
    return text.strip().splitlines()[0] if text.strip() else ""
