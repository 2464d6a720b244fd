"""What a lake table holds: one entity's mapped columns, and where id, stamp and deletion mark stand in a record."""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Kind = Literal["text", "integer", "number", "boolean", "date", "instant"]

ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.decimal128(18, 6),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Column:
    """One mapped column: `path` is the attribute in the record, dots going into nested objects."""

    name: str
    path: str
    kind: Kind


@dataclass(frozen=True)
class Shape:
    """How the records of one entity become rows of its lake table."""

    entity: str
    columns: tuple[Column, ...]
    id_path: str = "id"
    stamp_path: str | None = None  # the vendor's time of the last change
    deleted_path: str | None = None  # true, or any value at all but false and empty: deleted


def schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The Arrow schema of a lake table: id, mapped columns, payload, then what Baton adds."""
    return pa.schema(
        [
            pa.field("id", pa.string()),
            *(pa.field(column.name, ARROW[column.kind]) for column in columns),
            pa.field("payload", pa.string()),
            pa.field("_hash", pa.string()),
            pa.field("_updated_at", ARROW["instant"]),
            pa.field("_extracted_at", ARROW["instant"]),
            pa.field("_deleted", pa.bool_()),
            pa.field("_run_id", pa.string()),
            pa.field("_unreadable", pa.string()),
        ]
    )
