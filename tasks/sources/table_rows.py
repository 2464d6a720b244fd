"""Rows of any table as payload texts, in one DuckDB query: key, cursor, deletion mark and mapped columns as JSON.

A value that cannot be read as its column's kind stays the text it is: the lake's own reading then names the column in
`_unreadable`, and the checks hold the row back.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from config.table import FedTable, TableColumn
from tasks.core.tables.shape import Kind, Table
from tasks.sources.table_map import CURSOR, DELETED, keys
from tasks.sources.table_open import literal, quoted

TRUE: Final = "('true', 't', 'yes', 'y', '1')"
FALSE: Final = "('false', 'f', 'no', 'n', '0')"
MARKS: Final = ("_fivetran_deleted", "_ab_cdc_deleted_at")  # how replication tools mark a deleted row


def payloads(table: Table, fed: FedTable, there: Sequence[str], zone: str) -> str:
    """The SELECT list that makes `id`, `stamp`, `is_deleted` and `payload` of a row of `there`."""
    kinds: dict[str, Kind] = {column.name: column.kind for column in table.columns}
    texts = {name: _given(given, kinds[name], zone) for name, given in fed.columns.items()}
    stamp = f"TRY_CAST({_instant(fed.cursor, zone)} AS TIMESTAMPTZ)" if fed.cursor else "NULL::TIMESTAMPTZ"
    texts |= {"id": _key(table, fed), CURSOR: _instant(fed.cursor, zone) if fed.cursor else "NULL"}
    pairs = [f"{literal(name)}, {texts[name]}" for name in sorted(texts)]
    mark = _mark(fed, there)
    return (
        f"{texts['id']} AS id, {stamp} AS stamp, {mark} AS is_deleted, "
        f"json_object({literal(DELETED)}, {mark}, {', '.join(pairs)})::VARCHAR AS payload"
    )


def needed(table: Table, fed: FedTable, there: Iterable[str]) -> tuple[str, ...]:
    """Their columns that are read, each once."""
    named = [*keys(table, fed), *(given.column for given in fed.columns.values()), fed.cursor, fed.deleted]
    return tuple(dict.fromkeys(name for name in (*named, *(mark for mark in MARKS if mark in there)) if name))


def _key(table: Table, fed: FedTable) -> str:
    """The key as text; null when a part of it is empty."""
    return (
        "nullif(trim(" + " || ':' || ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in keys(table, fed)) + "), '')"
    )


def _mark(fed: FedTable, there: Iterable[str]) -> str:
    """Whether the row is deleted: any mark that is neither empty nor a word for no, such as an instant."""
    marks = [fed.deleted] if fed.deleted else [mark for mark in MARKS if mark in there]
    said = [f"coalesce(lower(trim(CAST({quoted(mark)} AS VARCHAR))) NOT IN ('', {FALSE[1:]}, false)" for mark in marks]
    return "(" + " OR ".join(said or ["false"]) + ")"


def _given(given: TableColumn, kind: Kind, zone: str) -> str:
    """A mapped column as the text of its kind."""
    if given.value is not None:
        return literal(given.value)
    plain = f"CAST({quoted(given.column)} AS VARCHAR)"
    if given.unit == "rate":
        exact = f"CAST(round(TRY_CAST({plain} AS DECIMAL(28, 10)) * 100000000) AS HUGEINT)"
        return f"coalesce(CAST({exact} AS VARCHAR), {plain})"
    if kind == "boolean":
        word = f"lower(trim({plain}))"
        return f"CASE WHEN {word} IN {TRUE} THEN 'true' WHEN {word} IN {FALSE} THEN 'false' ELSE {plain} END"
    if kind == "date":  # midnight is how many systems write a day; any other time is none
        midnight = r"'^(\d{4}-\d{2}-\d{2})[ T]00:00:00(\.0+)?(Z|[+-]00(:?00)?)?$', '\1'"
        return f"regexp_replace({plain}, {midnight})"
    return _instant(given.column, zone) if kind == "instant" else plain


def _instant(column: str, zone: str) -> str:
    """An instant as UTC text; one without an offset, or a day, is of the source's zone."""
    plain = f"CAST({quoted(column)} AS VARCHAR)"
    local = f"TRY_CAST({plain} AS TIMESTAMP) AT TIME ZONE {literal(zone)}"
    has_offset = rf"regexp_matches({plain}, ':.*(Z|[+-]\d{{2}}(:?\d{{2}})?)$')"
    moment = f"CASE WHEN {has_offset} THEN TRY_CAST({plain} AS TIMESTAMPTZ) ELSE {local} END"
    return f"coalesce(strftime({moment} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ'), {plain})"
