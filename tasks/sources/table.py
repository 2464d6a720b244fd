"""Any table as a source: CSV, Parquet, Delta or a database's query, each feeding one core table."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import duckdb
import pyarrow as pa

from config.table import TableSource
from tasks.errors import ConfigError, ContractError
from tasks.lake.shape import Shape
from tasks.lake.typed import rows, utc_connection
from tasks.sources.fieldmap import Entity, FieldMap
from tasks.sources.table_map import CURSOR, DELETED, core_table
from tasks.sources.table_open import Tables, quoted, unreadable
from tasks.sources.table_rows import needed, payloads
from tasks.sources.vendor import Finding, Link, Reading, Window

NAME: Final = "table"
SAMPLE: Final = 1000  # rows that `baton doctor` looks at
PRESENT: Final = "NOT is_deleted"


def connect(instance: str, source: TableSource, sleep: Callable[[float], None]) -> Tables:
    """A line to the tables; nothing is opened yet."""
    return Tables(instance, source)


def order(fields: FieldMap, source: TableSource) -> tuple[str, ...]:
    """Every table, in the order of the settings."""
    return tuple(fields.entities)


def shape(entity: Entity) -> Shape:
    """A row as `table_rows` writes it."""
    return Shape(entity.name, entity.columns, "id", CURSOR, DELETED)


def is_windowed(entity: Entity) -> bool:
    """Never: a first reading takes the table at once, since every piece of it would read the table again."""
    return False


def read(link: Link, entity: Entity, window: Window) -> Reading:
    """The rows of a window and of `lag_days` before it, and those without a cursor; without cursors, the whole table.

    Raises:
        ConfigError: the table is not there, or cannot be read as its format.
        ContractError: rows have no key, or share one.
    """
    if not entity.cursor:
        return _reading(_rows(link, entity, "true"), "whole")
    lo = max(window.lo - timedelta(days=link.source.tables[entity.name].lag_days), link.source.since)
    found = _rows(link, entity, "stamp IS NULL OR (stamp >= $lo AND stamp < $hi)", lo=lo, hi=window.hi)
    return _reading(found, "window")


def announced(link: Link, entity: Entity, lake: str) -> frozenset[str]:
    """None: a table marks its deleted rows, or no longer has them."""
    return frozenset()


def count(link: Link, entity: Entity, hi: datetime) -> int:
    """How many rows that are not deleted are stamped from `since` on and before `hi`, or without a stamp."""
    inside = f"{PRESENT} AND (stamp IS NULL OR (stamp >= $lo AND stamp < $hi))"
    return len(_rows(link, entity, inside, ("id",), lo=link.source.since, hi=hi))


def stamped_since(link: Link, entity: Entity, hi: datetime) -> frozenset[str]:
    """The ids of rows stamped at or after `hi`, deleted ones included."""
    return frozenset(_rows(link, entity, "stamp >= $lo", ("id",), lo=hi)["id"].to_pylist())


def deleted_since(link: Link, entity: Entity, since: datetime, until: datetime) -> frozenset[str]:
    """None: a table keeps no log of deletions."""
    return frozenset()


def ids(link: Link, entity: Entity) -> frozenset[str]:
    """The ids of every row that is not deleted."""
    inside = f"{PRESENT} AND (stamp IS NULL OR stamp >= $lo)"
    return frozenset(_rows(link, entity, inside, ("id",), lo=link.source.since)["id"].to_pylist())


def fetch(link: Link, entity: Entity, ids: Iterable[str]) -> Reading:
    """The rows of these ids, as far as they exist."""
    return _reading(_rows(link, entity, "id IN (SELECT unnest($ids))", ids=list(ids)), "window")


def missing(link: Link, entity: Entity) -> tuple[str, ...]:
    """Their columns that the settings name and the table does not have."""
    fed, there = link.source.tables[entity.name], link.client.columns(entity.name)
    wanted = needed(core_table(entity.name, fed), fed, there)
    return tuple(f"{entity.resource}: {name}" for name in wanted if name not in there)


def findings(link: Link) -> tuple[Finding, ...]:
    """Of each table that is there with its columns: whether keys are unique, values readable, the cursor an instant."""
    return tuple(_finding(link, entity) for entity in link.fields.entities.values() if _is_there(link, entity))


def _is_there(link: Link, entity: Entity) -> bool:
    """Whether there is more to say than what the check of its columns says."""
    try:
        return not missing(link, entity)
    except ConfigError:
        return False


def _finding(link: Link, entity: Entity) -> Finding:
    subject, wrong = f"{entity.name} values", []
    try:
        found = _rows(link, entity, "true", ("id", "stamp", "payload"))
    except (ConfigError, ContractError) as error:
        return Finding(subject, False, str(error))
    sample = found.slice(0, SAMPLE)
    at = link.source.since
    unread = rows(shape(entity), sample["payload"].to_pylist(), at=at, run_id="")["_unreadable"].drop_null().to_pylist()
    for column in entity.columns:
        if number := sum(column.name in names.split(",") for names in unread):
            wrong.append(f"{column.name} is no {column.kind} in {number} of {len(sample)} rows looked at")
    if entity.cursor and sample["stamp"].null_count:
        wrong.append(f"cursor {entity.cursor} is no instant in {sample['stamp'].null_count}, which are read every time")
    if wrong:
        return Finding(subject, False, "; ".join(wrong) + ": correct them at their origin, or convert them in a query")
    return Finding(subject, True, f"{len(found):,} rows; {len(sample)} looked at are readable")


def _reading(found: pa.Table, scope: str) -> Reading:
    texts = dict(zip(found["id"].to_pylist(), found["payload"].cast(pa.binary()).to_pylist(), strict=True))
    return Reading(texts, vendor_count=len(found), scope="whole" if scope == "whole" else "window")


def _rows(
    link: Link, entity: Entity, inside: str, wanted: tuple[str, ...] = ("id", "payload"), **given: object
) -> pa.Table:
    """The rows for which `inside` is true, of `id`, `stamp`, `is_deleted` and `payload` those `wanted`."""
    fed = link.source.tables[entity.name]
    table, there = core_table(entity.name, fed), link.client.columns(entity.name)
    columns = needed(table, fed, there)
    if gone := [name for name in columns if name not in there]:
        raise ConfigError(f"{link.instance}.{entity.name} has no {', '.join(gone)}: correct its name in `tables`.")
    since = given.get("lo") if entity.cursor else None
    with utc_connection() as connection:
        theirs = link.client.relation(connection, entity.name, columns, since)
        connection.register("theirs", theirs)
        listed = payloads(table, fed, there, link.source.zone)
        try:
            found = connection.execute(
                f"SELECT {', '.join(map(quoted, wanted))} FROM (SELECT {listed} FROM theirs) WHERE {inside}", given
            ).to_arrow_table()
        except duckdb.Error as error:
            raise unreadable(link.instance, entity.name, fed, error) from None
    _keyed(link, entity, found)
    return found


def _keyed(link: Link, entity: Entity, found: pa.Table) -> None:
    """Refuse rows that cannot be told apart: the lake would keep one of them without a word."""
    empty = found["id"].null_count
    twice = len(found) - empty - len(found["id"].drop_null().unique())
    if empty or twice:
        raise ContractError(
            f"{link.instance}.{entity.name}: {empty} rows have no key and {twice} have one of another row; nothing of "
            f"it was kept. Correct them, or set `key` of {entity.name} to columns that tell its rows apart (of a "
            "replicated table, one that is deduplicated)."
        )
