"""What `baton backup` saved is restored row for row; what is not whole, does not fit or would be lost is refused."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ByteSize, SecretStr

from config.settings import Settings
from tasks.errors import BackupError, LockedError, NewerError
from tasks.lake.append import append
from tasks.lake.layout import LAYOUT
from tasks.lake.migrate import layouts, tables
from tasks.lake.shape import Column, Shape
from tasks.lake.typed import payload_texts
from tasks.lake.typed import rows as typed
from tasks.stores.backup import back_up
from tasks.stores.manifest import NAME
from tasks.stores.restore import restore
from tasks.stores.start import make_ready
from tasks.warehouse import dump
from tasks.warehouse.connect import Warehouse, mart_transaction, warehouse
from tasks.warehouse.copies import rows_held
from tasks.warehouse.serving import table
from tests.old import stores
from tests.warehouse.test_schema import content, emptied, shapes

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
TASK = Shape("task", (Column("hours", "hours", "integer"),))
MARTS = ("mrr_account", "mrr_bridge", "nrr_monthly", "schedule_task", "scope_creep_entry")


@pytest.fixture
def full(settings: Settings) -> Settings:
    """An installation that Baton 0.1.0 filled and this code migrated."""
    stores.lake(settings.home)
    where = warehouse(settings)
    stores.duckdb_files(settings.home) if where.dialect == "duckdb" else stores.postgresql(where.url)
    make_ready(settings.lake, where)
    return settings


@pytest.fixture
def empty(settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return emptied(settings, request, tmp_path / "other")


def marts(where: Warehouse) -> dict[str, object]:
    return {name: sorted(map(str, table(where, f"SELECT * FROM mart.{name}").to_pylist())) for name in MARTS}


def lake(settings: Settings) -> dict[tuple[str, str], object]:
    order = [("id", "ascending"), ("_hash", "ascending"), ("_extracted_at", "ascending")]
    return {
        name: (
            held.version(),
            held.transaction_version(f"cursor:{'.'.join(name)}"),
            held.to_pyarrow_table().sort_by(order),
        )
        for name, held in tables(settings.lake).items()
    }


def test_a_restored_installation_holds_what_was_saved(full: Settings, empty: Settings, tmp_path: Path):
    made = back_up(full, tmp_path / "backup", NOW)
    assert restore(empty, tmp_path / "backup", replace=False) == made
    there, here = warehouse(full), warehouse(empty)
    assert shapes(here) == shapes(there)
    assert content(here, with_new=True) == content(there, with_new=True)
    assert marts(here) == marts(there)
    assert all(marts(here).values())
    assert rows_held(here) == rows_held(there) == made.warehouse
    assert lake(empty) == lake(full)
    assert comments(here) == comments(there)
    assert len(set(comments(here))) > 100


def comments(where: Warehouse) -> list[str]:
    """What the database itself says of each column of schema `mart`."""
    sql = {
        "duckdb": "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = 'mart'",
        "postgresql": "SELECT table_name, column_name, col_description(format('mart.%I', table_name)::regclass, "
        "ordinal_position) FROM information_schema.columns WHERE table_schema = 'mart'",
    }
    with mart_transaction(where) as connection:
        return sorted(map(str, connection.execute(sa.text(sql[where.dialect]))))


def test_what_happens_meanwhile_is_not_in_a_backup(full: Settings, empty: Settings, tmp_path: Path, monkeypatch):
    """A pull commits after the tables were opened and before they are copied; its log entry and its files stay out."""
    from tasks.lake import copies

    opened, before = copies.tables, lake(full)

    def then_a_pull(source: str):
        found = opened(source)
        if source == full.lake:
            batch = typed(TASK, payload_texts([{"id": "1", "hours": 5}]), at=NOW, run_id="late")
            append(full.lake, "kantata", "story", batch, hi=NOW)
            found["kantata", "story"].create_checkpoint()
        return found

    monkeypatch.setattr(copies, "tables", then_a_pull)
    back_up(full, tmp_path / "backup", NOW)
    assert lake(full) != before
    restore(empty, tmp_path / "backup", replace=False)
    assert lake(empty) == before


def test_a_publish_meanwhile_is_in_no_table_of_a_dump(tmp_path: Path, database_url: str, monkeypatch):
    """It commits after the transaction's first look at the database, and before the rows are read."""
    settings = Settings(home=tmp_path / "home", warehouse_url=SecretStr(database_url))
    where = warehouse(settings)
    stores.postgresql(where.url)
    before, define = rows_held(where), dump._definition

    def then_a_publish(held: sa.MetaData) -> list[str]:
        with mart_transaction(where) as connection:
            for name in ("mart.mart_build", "mart.mrr_account", "ops.run"):
                connection.exec_driver_sql(f"DELETE FROM {name}")
        return define(held)

    monkeypatch.setattr(dump, "_definition", then_a_publish)
    made = back_up(settings, tmp_path / "backup", NOW)
    assert rows_held(where)["mart.mart_build"] == 0
    assert made.warehouse == before
    assert restore(settings, tmp_path / "backup", replace=True) == made


def test_what_an_installation_holds_is_lost_only_when_said(full: Settings, empty: Settings, tmp_path: Path):
    back_up(empty, tmp_path / "nothing", NOW)
    with pytest.raises(BackupError, match="holds something: name an empty one, or lose it with --replace"):
        restore(full, tmp_path / "nothing", replace=False)
    assert lake(full)
    restore(full, tmp_path / "nothing", replace=True)
    assert lake(full) == {}
    restore(full, tmp_path / "nothing", replace=False)
    with pytest.raises(BackupError, match="name a new folder"):
        back_up(full, tmp_path / "nothing", NOW)


def damaged(folder: Path) -> None:
    file = max(folder.glob("lake/*/*/*.parquet"), key=lambda path: path.stat().st_size)
    file.write_bytes(file.read_bytes()[:-1] + b"?")


def unfinished(folder: Path) -> None:
    (folder / NAME).unlink()


def lacking(folder: Path) -> None:
    next(folder.glob("lake/*/*/*.parquet")).unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(damaged, "is damaged"), (lacking, "is damaged"), (unfinished, "is no finished backup")],
)
def test_a_backup_that_is_not_whole_touches_nothing(
    full: Settings, tmp_path: Path, spoil: Callable[[Path], None], message: str
):
    back_up(full, tmp_path / "backup", NOW)
    spoil(tmp_path / "backup")
    before = lake(full), content(warehouse(full))
    with pytest.raises(BackupError, match=message):
        restore(full, tmp_path / "backup", replace=True)
    assert (lake(full), content(warehouse(full))) == before


def test_a_backup_of_newer_code_or_of_another_warehouse_is_refused(full: Settings, empty: Settings, tmp_path: Path):
    made = back_up(full, tmp_path / "backup", NOW)
    other = {"duckdb": "postgresql", "postgresql": "duckdb"}[made.dialect]
    for change, error, message in (
        ({"versions": {"ops": "9999", "mart": "0002"}}, NewerError, "is of schema version 9999"),
        ({"dialect": other}, BackupError, f"is of a {other} warehouse"),
    ):
        (tmp_path / "backup" / NAME).write_text(made.model_copy(update=change).model_dump_json())
        with pytest.raises(error, match=message):
            restore(empty, tmp_path / "backup", replace=False)
    assert lake(empty) == {}


def test_a_backup_waits_for_no_publish_and_a_restore_disturbs_none(tmp_path: Path):
    """On DuckDB, whose file has one writer; on PostgreSQL the restore waits for it."""
    settings = Settings(home=tmp_path / "home", memory_limit=ByteSize(10**9))
    stores.duckdb_files(settings.home)
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(warehouse(settings).work)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as publishing:
        assert publishing.stdout is not None
        assert publishing.stdout.readline() == b"held\n"
        made = back_up(settings, tmp_path / "backup", NOW)
        assert made.warehouse["mart.mart_build"] == 1
        with pytest.raises(LockedError, match="locked by another run"):
            restore(settings, tmp_path / "backup", replace=True)
        publishing.communicate()
    assert restore(settings, tmp_path / "backup", replace=True) == made


def test_a_lake_in_a_bucket_is_saved_and_restored(tmp_path: Path, s3_lake: str):
    here = Settings(home=tmp_path / "home", memory_limit=ByteSize(10**9))
    stores.lake(here.home)
    stores.duckdb_files(here.home)
    there = here.model_copy(update={"home": tmp_path / "other", "lake_url": s3_lake})
    made = back_up(here, tmp_path / "first", NOW)
    assert restore(there, tmp_path / "first", replace=False) == made
    assert lake(there) == lake(here)
    with pytest.raises(BackupError, match="holds something"):
        restore(there, tmp_path / "first", replace=False)
    make_ready(there.lake, warehouse(there))
    assert layouts(there.lake) == {LAYOUT: len(made.lake)}
    again = back_up(there, tmp_path / "second", NOW)
    restore(here, tmp_path / "second", replace=True)
    assert lake(here) == lake(there)
    assert {name: held.rows for name, held in again.lake.items()} == {
        name: held.rows for name, held in made.lake.items()
    }
