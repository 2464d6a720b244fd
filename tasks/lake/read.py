"""What the lake knew at an instant, and how far each entity has been read."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable

from tasks.lake.places import is_held, opened
from tasks.lake.shape import ARROW
from tasks.lake.typed import utc_connection

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
# The greatest of these structs is the version in force.
NEWEST: Final = """
    SELECT id, max({{'_extracted_at': _extracted_at, '_updated_at': _updated_at, '_hash': _hash, '_deleted': _deleted}})
        AS newest
    FROM held {chosen} GROUP BY id"""


def versions(
    connection: duckdb.DuckDBPyConnection, lake: str, instance: str, entity: str, known_at: datetime
) -> duckdb.DuckDBPyRelation:
    """Every version of every record extracted at or before `known_at`; lazy, so that readers take what they need.

    The version in force of an id is the one with the greatest `_extracted_at`. DuckDB reads files on a disk itself,
    in less time and memory than through Arrow, which an object store needs.

    Raises:
        LakeError: the entity was never pulled.
    """
    table = opened(lake, instance, entity)
    files = table.file_uris()
    if "://" in lake or not files:
        held = connection.from_arrow(table.to_pyarrow_dataset())
    else:
        held = connection.read_parquet(files, union_by_name=True)
    return held.filter(f"_extracted_at <= TIMESTAMPTZ '{known_at.astimezone(UTC).isoformat()}'")


def cursor(lake: str, instance: str, entity: str) -> datetime | None:
    """The instant up to which the entity has been read; none before the first pull."""
    if not is_held(lake, instance, entity):
        return None
    return cursor_of(opened(lake, instance, entity), instance, entity)


def cursor_of(table: DeltaTable, instance: str, entity: str) -> datetime | None:
    """The cursor that an open table's own transaction log holds."""
    microseconds = table.transaction_version(cursor_name(instance, entity))
    return None if microseconds is None else EPOCH + microseconds * MICROSECOND


def cursor_name(instance: str, entity: str) -> str:
    """The name of an entity's transaction identifier in its Delta log."""
    return f"cursor:{instance}.{entity}"


def live(lake: str, instance: str, entity: str, *, stamped_before: datetime | None = None) -> frozenset[str]:
    """The ids whose newest version is not deleted, optionally only those stamped before an instant."""
    if not is_held(lake, instance, entity):
        return frozenset()
    newest = newest_versions(opened(lake, instance, entity).to_pyarrow_dataset())
    kept = pc.invert(newest["_deleted"])
    if stamped_before is not None:
        bound = pa.scalar(stamped_before, ARROW["instant"])
        kept = pc.and_(kept, pc.fill_null(pc.less(newest["_updated_at"], bound), False))
    return frozenset(newest.filter(kept)["id"].to_pylist())


def live_count(
    lake: str, instance: str, entity: str, *, stamped_before: datetime, also: Iterable[str], without: Iterable[str]
) -> int:
    """How many ids `live` would give, with some more and without some others; without making the list."""
    with utc_connection() as connection:
        connection.register("also", pa.table({"id": pa.array(list(also), pa.string())}))
        connection.register("without", pa.table({"id": pa.array(list(without), pa.string())}))
        held = "SELECT id FROM also"
        if is_held(lake, instance, entity):
            connection.register("held", opened(lake, instance, entity).to_pyarrow_dataset())
            held = f"""SELECT id FROM ({NEWEST.format(chosen="")})
                WHERE NOT newest._deleted AND newest._updated_at < $bound UNION {held}"""
        counted = f"SELECT count(*) FROM ({held}) ANTI JOIN without USING (id)"
        given = {"bound": stamped_before} if "$bound" in counted else {}
        return int(connection.execute(counted, given).fetchall()[0][0])


def newest_versions(held: ds.Dataset, ids: pa.Table | None = None) -> pa.Table:
    """Hash, deletion mark and instants of the newest version of each id, or of the `ids` (a table with an `id`)."""
    chosen = "" if ids is None else "SEMI JOIN ids USING (id)"
    with utc_connection() as connection:
        connection.register("held", held)
        if ids is not None:
            connection.register("ids", ids)
        return connection.execute(f"SELECT id, newest.* FROM ({NEWEST.format(chosen=chosen)})").to_arrow_table()
