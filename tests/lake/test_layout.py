"""A lake that Baton 0.1.0 left is brought to this layout with every row and cursor; a newer one is refused."""

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from tasks.errors import NewerError
from tasks.lake.append import append
from tasks.lake.layout import KEY, LAYOUT
from tasks.lake.migrate import layouts, migrate, tables
from tasks.lake.read import cursor, versions
from tasks.lake.typed import utc_connection
from tests.old import stores

from .test_append import DAY, MORNING, batch


@pytest.fixture
def old(tmp_path):
    stores.lake(tmp_path)
    return str(tmp_path / "lake")


def held(lake):
    """Every row of every table, and how far it was read."""
    return {
        name: (table.to_pyarrow_table().sort_by([("id", "ascending"), ("_hash", "ascending")]), cursor(lake, *name))
        for name, table in tables(lake).items()
    }


def newer(lake, name):
    table = DeltaTable(f"{lake}/{name}")
    table.alter.set_table_properties({KEY: "99"}, raise_if_not_exists=False)


def test_an_old_lake_keeps_every_row_and_cursor(old):
    before = held(old)
    assert layouts(old) == {1: len(before)}
    assert all(at is not None for _, at in before.values())
    migrate(old)
    assert layouts(old) == {LAYOUT: len(before)}
    assert held(old) == before
    at = {name: table.version() for name, table in tables(old).items()}
    migrate(old)
    assert {name: table.version() for name, table in tables(old).items()} == at


def test_what_was_known_cannot_be_deleted_or_overwritten_by_any_tool(old):
    migrate(old)
    table = DeltaTable(f"{old}/kantata/story")
    with pytest.raises(Exception, match="append-only"):
        table.delete()
    with pytest.raises(Exception, match="append-only"):
        write_deltalake(table, table.to_pyarrow_table().slice(0, 1), mode="overwrite")


def test_a_migrated_table_is_compacted_and_checkpointed_and_keeps_its_layout(tmp_path):
    lake = str(tmp_path)
    for day in range(3):
        append(lake, "psa", "task", batch({"id": str(day), "hours": 5}, at=MORNING + day * DAY), hi=MORNING + day * DAY)
    table = DeltaTable(f"{lake}/psa/task")
    assert table.optimize.compact()["numFilesRemoved"] == 3
    table.create_checkpoint()
    for log in (tmp_path / "psa" / "task" / "_delta_log").glob("*.json"):
        log.unlink()
    assert layouts(lake) == {LAYOUT: 1}
    assert cursor(lake, "psa", "task") == MORNING + 2 * DAY
    assert len(versions(utc_connection(), lake, "psa", "task", MORNING + 9 * DAY)) == 3


def test_an_old_table_takes_a_new_column(old):
    migrate(old)
    table = DeltaTable(f"{old}/kantata/story")
    rows = table.to_pyarrow_table().slice(0, 1)
    at = rows["_extracted_at"][0].as_py() + DAY
    changed = {"_hash": ["other"], "_extracted_at": pa.array([at], rows.schema.field("_extracted_at").type)}
    for name, values in changed.items():
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), [values])
    before = table.to_pyarrow_table().num_rows
    append(old, "kantata", "story", rows.append_column("risk", pa.array(["high"])), hi=at)
    after = DeltaTable(f"{old}/kantata/story").to_pyarrow_table()
    assert sorted(after["risk"].to_pylist(), key=str) == [None] * before + ["high"]


def test_a_newer_lake_is_neither_read_nor_written(old):
    newer(old, "salesforce/account")
    words = rf"salesforce/account/? is of layout 99, this code knows {LAYOUT}: a newer Baton wrote it"
    touches = (
        lambda: migrate(old),
        lambda: versions(utc_connection(), old, "salesforce", "account", MORNING),
        lambda: append(old, "salesforce", "account", batch({"id": "1", "hours": 5}), hi=MORNING),
    )
    for touch in touches:
        with pytest.raises(NewerError, match=words):
            touch()
    DeltaTable(f"{old}/salesforce/account").alter.set_table_properties({KEY: "1"}, raise_if_not_exists=False)
    assert layouts(old).keys() == {1}
