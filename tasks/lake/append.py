"""Data and cursor land in the lake in one Delta commit, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError

from tasks.errors import LakeError
from tasks.lake.access import reaching
from tasks.lake.layout import PROPERTIES
from tasks.lake.places import is_held, opened, place
from tasks.lake.read import EPOCH, MICROSECOND, cursor_name, newest_versions
from tasks.lake.typed import utc_connection


@dataclass(frozen=True)
class Appended:
    """What one commit added: versions appended (deletions among them), and rows that were known already."""

    appended: int
    unchanged: int
    deleted: int


def append(
    lake: str, instance: str, entity: str, batch: pa.Table, *, hi: datetime, details: Mapping[str, str] | None = None
) -> Appended:
    """Append the versions that are new and move the cursor to `hi`, in one commit; the cursor never moves back.

    A row whose newest known version has the same hash and deletion mark is not appended. When nothing is new and the
    cursor stands, nothing is committed.

    Args:
        lake: The lake's folder or URL.
        instance: The source instance.
        entity: The entity; its table is created when missing.
        batch: Rows as `tasks.lake.typed.rows` gives them, one per id.
        hi: The end of the window that was read.
        details: What else to note in the commit, e.g. the run.

    Raises:
        LakeError: another pull of the entity committed meanwhile, a column changed its kind, or the clock went back.
        NewerError: a newer version of the code wrote the table.
        LakeAccessError: the lake cannot be reached or written.
    """
    table = _ensured(lake, instance, entity, batch.schema)
    held = table.to_pyarrow_dataset()
    _same_kinds(held.schema, batch.schema, f"{instance}.{entity}")
    name = cursor_name(instance, entity)
    before = table.transaction_version(name)
    after = max((hi - EPOCH) // MICROSECOND, before or 0)
    fresh = _new_versions(held, batch, f"{instance}.{entity}")
    if fresh.num_rows or after != before:
        with reaching(lake):
            _commit(table, fresh, Transaction(name, after), dict(details or {}), f"{instance}.{entity}")
    deleted = pc.sum(fresh["_deleted"]).as_py() or 0
    return Appended(fresh.num_rows, batch.num_rows - fresh.num_rows, deleted)


def _ensured(lake: str, instance: str, entity: str, schema: pa.Schema) -> DeltaTable:
    if not is_held(lake, instance, entity):
        with reaching(lake):
            DeltaTable.create(
                place(lake, instance, entity), schema=schema, mode="ignore", configuration=PROPERTIES,
                raise_if_key_not_exists=False,
            )  # fmt: skip
    return opened(lake, instance, entity)


def _same_kinds(held: pa.Schema, incoming: pa.Schema, subject: str) -> None:
    """A column that changed its kind is refused: Delta would convert dates into numbers without a word."""
    for field in incoming:
        index = held.get_field_index(field.name)
        if index >= 0 and held.field(index).type != field.type:
            raise LakeError(
                f"Column {field.name} of {subject} changed its kind from {held.field(index).type} to {field.type}: "
                "give the column a new name in the field map."
            )


def _new_versions(held: ds.Dataset, batch: pa.Table, subject: str) -> pa.Table:
    """The rows of the batch that differ from what the lake knows.

    Raises:
        LakeError: the lake knows a later version than the batch: appending would change what was known in the past.
    """
    known = newest_versions(held, batch.select(["id"]))
    if not known.num_rows:
        return batch
    with utc_connection() as connection:
        connection.register("batch", batch)
        connection.register("known", known)
        fresh = connection.execute("""
            SELECT batch.* FROM batch LEFT JOIN known USING (id)
            WHERE known.id IS NULL OR known._hash <> batch._hash OR known._deleted <> batch._deleted
        """).to_arrow_table()
        connection.register("fresh", fresh)
        late = connection.execute(
            "SELECT count(*) FROM fresh JOIN known USING (id) WHERE known._extracted_at > fresh._extracted_at"
        ).fetchall()[0][0]
    if late:
        raise LakeError(
            f"The lake already holds later versions of {late} records of {subject}: the clock went back. "
            "Pull with the present clock (unset BATON_NOW); to see the past, reproduce it with --known-at."
        )
    return fresh.cast(batch.schema)


def _commit(table: DeltaTable, fresh: pa.Table, txn: Transaction, details: dict[str, str], subject: str) -> None:
    properties = CommitProperties(custom_metadata=details, app_transactions=[txn], max_commit_retries=0)
    try:
        write_deltalake(table, fresh, mode="append", schema_mode="merge", commit_properties=properties)
    except CommitFailedError:
        raise LakeError(f"Another pull of {subject} is running: let it finish, then run again.") from None
