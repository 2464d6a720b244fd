"""A warehouse that Baton 0.1.0 left becomes what the declarations create, with every row; a newer one is refused."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from config.settings import Settings
from tasks.errors import NewerError
from tasks.stores.start import make_ready, versions
from tasks.warehouse import marts, ops, schema
from tasks.warehouse.connect import Warehouse, mart_transaction, ops_transaction, warehouse
from tasks.warehouse.marts import create_mart
from tasks.warehouse.ops import RESTATEMENT, create_ops
from tasks.warehouse.serving import rows
from tests.conftest import new_database
from tests.old import stores

TRANSACTIONS = {"ops": ops_transaction, "mart": mart_transaction}
CREATE = {"ops": create_ops, "mart": create_mart}
HALVES: Mapping[schema.Half, list[sa.Table]] = {
    "ops": [table for table in ops.METADATA.sorted_tables if table is not RESTATEMENT],
    "mart": [*marts.METADATA.sorted_tables, RESTATEMENT],
}
Content = dict[str, list[dict[str, Any]]]


def emptied(settings: Settings, request: pytest.FixtureRequest, home: Path) -> Settings:
    """The same kind of installation, with nothing in it."""
    if warehouse(settings).dialect == "duckdb":
        return settings.model_copy(update={"home": home})
    url = new_database(request.getfixturevalue("postgresql_url"))
    return Settings(home=home, warehouse_url=url)


@pytest.fixture
def old(settings: Settings) -> Warehouse:
    """The warehouse of those settings, as Baton 0.1.0 left it."""
    where = warehouse(settings)
    stores.duckdb_files(settings.home) if where.dialect == "duckdb" else stores.postgresql(where.url)
    return where


@pytest.fixture
def fresh(settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    """A warehouse that today's code created."""
    where = warehouse(emptied(settings, request, tmp_path / "fresh"))
    create_ops(where)
    create_mart(where)
    return where


def shapes(where: Warehouse) -> dict[str, Any]:
    """Each fixed table as the database itself describes it."""
    found = {}
    for half, tables in HALVES.items():
        with TRANSACTIONS[half](where) as connection:
            inspector = sa.inspect(connection)
            for table in tables:
                at = {"schema": None if connection.dialect.name == "sqlite" else table.schema}
                columns = inspector.get_columns(table.name, **at)
                found[f"{half}: {table}"] = {
                    "columns": [(c["name"], str(c["type"]), c["nullable"], c.get("comment")) for c in columns],
                    "key": inspector.get_pk_constraint(table.name, **at)["constrained_columns"],
                    "indexes": sorted((i["name"], i["column_names"]) for i in inspector.get_indexes(table.name, **at)),
                }
    return found


def content(where: Warehouse, with_new: bool = False) -> Content:
    """Every row of every fixed table; without the columns that 0.1.0 did not have, unless asked for."""
    new = {"pull": ["seconds"], "mart_build": ["rows_read", "rows_held"]}
    found = {}
    for half, tables in HALVES.items():
        with TRANSACTIONS[half](where) as connection:
            for table in tables:
                left_out = [] if with_new else new.get(table.name, [])
                chosen = sa.select(*(column for column in table.columns if column.name not in left_out))
                found[table.name] = sorted((dict(row._mapping) for row in connection.execute(chosen)), key=str)
    return found


def set_version(where: Warehouse, half: schema.Half, held: str) -> None:
    with TRANSACTIONS[half](where) as connection:
        place = "" if connection.dialect.name == "sqlite" else f"{half}."
        connection.exec_driver_sql(f"UPDATE {place}{schema.TABLE} SET version_num = '{held}'")


def test_an_old_warehouse_becomes_what_the_declarations_create(old: Warehouse, fresh: Warehouse):
    before = content(old)
    assert len(before["mart_build"]) == 1
    assert all(before[name] for name in ("run", "pull", "quarantine", "conservation", "alert_state", "metric_catalog"))
    assert versions(old) == {"ops": None, "mart": None}
    create_ops(old)
    create_mart(old)
    assert versions_in(old) == {"ops": schema.newest("ops"), "mart": schema.newest("mart")} == versions_in(fresh)
    assert shapes(old) == shapes(fresh)
    assert content(old) == before
    after = content(old, with_new=True)
    assert {row["seconds"] for row in after["pull"]} | {row["rows_read"] for row in after["mart_build"]} == {None}


def versions_in(where: Warehouse) -> dict[str, str | None]:
    """The versions in the stores that are written, not in a reader's copy."""
    found = {}
    for half in HALVES:
        with TRANSACTIONS[half](where) as connection:
            found[half] = schema.version(connection, half)
    return found


def test_every_revision_follows_the_one_before():
    for half in HALVES:
        scripts = schema._revisions(half)
        chain = [script.revision for script in scripts.walk_revisions()]
        assert chain == sorted(chain, reverse=True)
        assert chain[-1] == schema.BASELINE
        assert scripts.get_heads() == [schema.newest(half)]


def test_the_start_migrates_and_gives_readers_the_new_columns(old: Warehouse, tmp_path: Path):
    make_ready(str(tmp_path / "lake"), old)
    assert versions(old) == {"ops": schema.newest("ops"), "mart": schema.newest("mart")}
    builds = rows(old, "SELECT as_of, rows_read FROM mart.mart_build")
    assert builds == [{"as_of": stores.DAY, "rows_read": None}]
    before = content(old)
    make_ready(str(tmp_path / "lake"), old)
    assert content(old) == before


@pytest.mark.parametrize("half", ["ops", "mart"])
def test_a_newer_warehouse_is_neither_read_nor_written(old: Warehouse, tmp_path: Path, half: schema.Half):
    make_ready(str(tmp_path / "lake"), old)
    set_version(old, half, "9999")
    named = f"{old.folder}/" if old.dialect == "duckdb" else f"Schema {half} of the warehouse"
    words = rf"{named}.* is of schema version 9999, this code knows {schema.newest(half)}: a newer Baton wrote it"
    with pytest.raises(NewerError, match=words):
        CREATE[half](old)
    if (old.dialect, half) == ("duckdb", "mart"):
        old.serve.write_bytes(old.work.read_bytes())  # as that version's publish left it
    table = {"ops": "ops.alert_state", "mart": "mart.mart_build"}[half]
    for touch in (lambda: make_ready(str(tmp_path / "lake"), old), lambda: rows(old, f"SELECT * FROM {table}")):
        with pytest.raises(NewerError, match=words):
            touch()


def test_runs_that_start_at_once_migrate_once(old: Warehouse):
    before, gate = content(old), Barrier(4)

    def start(_place: int) -> None:
        gate.wait()
        create_ops(old)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    assert versions_in(old)["ops"] == schema.newest("ops")
    assert content(old)["pull"] == before["pull"]


@pytest.mark.parametrize("half", ["ops", "mart"])
def test_a_migration_that_breaks_off_leaves_the_old_version(
    old: Warehouse, half: schema.Half, monkeypatch: pytest.MonkeyPatch
):
    before, first = shapes(old), schema._revisions(half).get_revision("0002").module
    whole = first.upgrade

    def broken(schema: str | None) -> None:
        whole(schema)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(first, "upgrade", broken)
        CREATE[half](old)
    assert shapes(old) == before
    CREATE[half](old)
    assert versions_in(old)[half] == schema.newest(half)
