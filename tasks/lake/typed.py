"""Payload texts become typed rows in bulk: DuckDB reads the JSON, exact decimals from their text."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import duckdb
import orjson
import pyarrow as pa

from tasks.errors import ContractError
from tasks.lake.shape import Kind, Shape, schema

# What changes without the record changing: time stamps, and Salesforce's `attributes` (type and address of the row).
STAMPS: Final = '{"updated_at": null, "SystemModstamp": null, "LastModifiedDate": null, "attributes": null}'

SHARE: Final = 10_000  # rows that one of DuckDB's threads takes at once

READING: Final[dict[Kind, str]] = {
    "text": "{x}",
    # A fraction is not an integer: 120.0 is, 1.5 is not, and must not be rounded into one.
    # Plain digits are read at once: DECIMAL(38, 9) takes a hundred times as long.
    "integer": "CASE WHEN regexp_full_match({x}, '-?[0-9]{{1,18}}') THEN TRY_CAST({x} AS BIGINT)"
    " WHEN TRY_CAST({x} AS DECIMAL(38, 9)) = trunc(TRY_CAST({x} AS DECIMAL(38, 9)))"
    " THEN TRY_CAST(TRY_CAST({x} AS DECIMAL(38, 9)) AS BIGINT) END",
    "number": "TRY_CAST({x} AS DECIMAL(18, 6))",
    "boolean": "CASE lower(trim({x})) WHEN 'true' THEN true WHEN 'false' THEN false END",
    "date": r"CASE WHEN regexp_full_match({x}, '\d{{4}}-\d{{2}}-\d{{2}}') THEN TRY_CAST({x} AS DATE) END",
    # Without an offset an instant would be read in the zone of the session.
    "instant": r"CASE WHEN regexp_matches({x}, '(Z|[+-]\d{{2}}:?\d{{2}})$') THEN TRY_CAST({x} AS TIMESTAMPTZ) END",
}


def reading(kind: Kind, text: str) -> str:
    """SQL that reads the SQL text expression `text` as `kind`; null when it cannot be read."""
    return READING[kind].format(x=text)


def utc_connection() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that speaks UTC."""
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")
    return connection


def rows(shape: Shape, payloads: Sequence[bytes], *, at: datetime, run_id: str) -> pa.Table:
    """One row per payload, as the lake stores it; text that would not convert is null and named in `_unreadable`.

    Numbers keep six decimals (a seventh is rounded away by the column's type).

    Args:
        shape: Which attributes become which columns.
        payloads: Records as `payload_text` gives them.
        at: When they were read: `_extracted_at`.
        run_id: The run that read them.

    Raises:
        ContractError: a record has no id.
    """
    incoming = pa.table({"payload": pa.array(payloads, pa.string())})
    incoming = pa.Table.from_batches(incoming.to_batches(SHARE), incoming.schema)
    with utc_connection() as connection:
        connection.register("incoming", incoming)
        table = connection.execute(statement(shape), {"at": at, "run_id": run_id}).to_arrow_table()
    if table["id"].null_count:
        raise ContractError(
            f"{table['id'].null_count} records of {shape.entity} came without an id ({shape.id_path}): "
            "report it to the vendor; nothing of this window was kept."
        )
    return table.cast(schema(shape.columns))


def statement(shape: Shape) -> str:
    """The SQL from payload texts to typed rows; every path is looked up in one pass over the text."""
    # A mark the record has no attribute for is looked up in the id and then not used.
    paths = [shape.id_path, shape.stamp_path or shape.id_path, shape.deleted_path or shape.id_path]
    found = ", ".join(f"'{_json_path(path)}'" for path in [*paths, *(column.path for column in shape.columns)])
    stamp, mark = "t[2]" if shape.stamp_path else "NULL", "t[3]" if shape.deleted_path else "NULL"
    texts = {column.name: f"t[{number}]" for number, column in enumerate(shape.columns, start=4)}
    values = "".join(f', {reading(c.kind, texts[c.name])} AS "{c.name}"' for c in shape.columns)
    names = "".join(f'"{c.name}", ' for c in shape.columns)
    unread = ", ".join(
        f"""CASE WHEN "{c.name}" IS NULL AND trim({texts[c.name]}) <> '' THEN '{c.name}' END""" for c in shape.columns
    )
    return f"""
        WITH texts AS (SELECT payload, json_extract_string(payload, [{found}]) AS t FROM incoming),
        valued AS (
            SELECT payload, t, nullif(t[1], '') AS id, {reading("instant", stamp)} AS _updated_at,
                coalesce(lower({mark}) NOT IN ('', 'false'), false) AS _deleted{values}
            FROM texts)
        SELECT id, {names}payload,
            md5(json_merge_patch(payload, '{STAMPS}')::VARCHAR || _deleted::VARCHAR) AS _hash,
            _updated_at, $at::TIMESTAMPTZ AS _extracted_at, _deleted, $run_id::VARCHAR AS _run_id,
            nullif(concat_ws(',', {unread or "NULL"}), '') AS _unreadable
        FROM valued"""


def payload_text(record: object) -> bytes:
    """A record as a JSON text in UTF-8 with sorted keys, so that equal records have equal texts.

    A copy of what `orjson` gives, which is a larger piece of memory cut to size: keeping many of those takes the
    allocator ten times as long as making them.
    """
    return bytes(memoryview(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)))


def payload_texts(records: Iterable[object]) -> list[bytes]:
    """The text of each record."""
    return [payload_text(record) for record in records]


def _json_path(path: str) -> str:
    """`a.b` as the JSON path of a nested attribute."""
    return "$." + ".".join('"' + part.replace('"', "").replace("'", "''") + '"' for part in path.split("."))
