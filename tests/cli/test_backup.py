"""Backup and restore from the command line, and the one line that every command says of a newer store."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from deltalake import DeltaTable
from typer.testing import Result

from tasks.lake.layout import KEY
from tests.old import stores

from .conftest import Ended

Baton = Callable[..., Result]
Shell = Callable[..., Ended]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What Baton 0.1.0 left, where the commands look."""
    stores.lake(tmp_path / "home")
    stores.duckdb_files(tmp_path / "home")
    return tmp_path / "home"


def state(home: Path) -> dict[Path, bytes]:
    """Every file of lake and warehouse but those that SQLite makes to read."""
    files = [path for name in ("lake", "warehouse") for path in (home / name).rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files if not path.name.endswith(("-wal", "-shm"))}


def newer_warehouse(home: Path) -> str:
    with closing(sqlite3.connect(home / "warehouse" / "ops.sqlite")) as connection:
        connection.execute("CREATE TABLE schema_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.execute("INSERT INTO schema_version VALUES ('9999')")
        connection.commit()
    return f"The warehouse's {home}/warehouse/ops.sqlite is of schema version 9999, this code knows 000"


def newer_lake(home: Path) -> str:
    DeltaTable(home / "lake" / "kantata" / "story").alter.set_table_properties({KEY: "99"}, raise_if_not_exists=False)
    return f"{home}/lake/kantata/story/ is of layout 99, this code knows "


def test_there_and_back(baton: Baton, home: Path, tmp_path: Path):
    saved = baton("backup", str(tmp_path / "backup"))
    assert saved.exit_code == 0, saved.output
    listed = baton("alerts").output
    other = {"BATON_HOME": str(tmp_path / "other")}
    assert "lake" in baton("restore", str(tmp_path / "backup"), **other).output
    assert baton("alerts", **other).output == listed
    assert "No alert is open" not in listed


def test_the_doctor_says_the_versions(baton: Baton, home: Path):
    said = baton("doctor").output
    assert "schema ops not versioned yet (the next run makes it 000" in said
    assert " tables of layout 1 (the next run makes it 2)" in said


def test_a_restore_over_something_says_what_it_would_lose(shell: Shell, home: Path, tmp_path: Path):
    assert shell("backup", str(tmp_path / "backup")).returncode == 0
    before = state(home)
    done = shell("restore", str(tmp_path / "backup"))
    assert done.returncode == 1
    assert done.stderr == ("baton: This installation holds something: name an empty one, or lose it with --replace.\n")
    assert state(home) == before


@pytest.mark.parametrize("command", [("alerts",), ("quarantine",), ("backup", "elsewhere")])
def test_a_newer_warehouse_is_not_read(shell: Shell, home: Path, command: tuple[str, ...]):
    said = newer_warehouse(home)
    done = shell(*command)
    assert done.returncode == 1
    assert done.stderr.startswith(f"baton: {said}")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("newer", [newer_warehouse, newer_lake])
def test_the_doctor_names_what_is_newer(baton: Baton, home: Path, newer: Callable[[Path], str]):
    said = newer(home)
    result = baton("doctor")
    assert result.exit_code == 1
    (found,) = [line for line in result.stdout.splitlines() if line.startswith(" !!")]
    assert said in found


@pytest.mark.parametrize(
    ("command", "newer"),
    [
        (("nightly",), newer_warehouse),
        (("nightly",), newer_lake),
        (("ingest", "kantata"), newer_lake),
        (("publish",), newer_warehouse),
        (("close-month", "2026-10"), newer_warehouse),
    ],
)
def test_no_run_writes_what_is_newer(shell: Shell, home: Path, command: tuple[str, ...], newer: Callable[[Path], str]):
    said, before = newer(home), state(home)
    done = shell("run", *command)
    assert done.returncode == 1
    assert said in done.stderr
    assert "install that version again, or restore a backup made before it (docs/recovery.md)." in done.stderr
    after = state(home)
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} <= {
        home / "warehouse" / "alerts.spool.jsonl",  # the page, which has no other place to be noted
        *([home / "warehouse" / "ops.sqlite"] if newer is newer_lake else []),  # says that the run failed, and why
    }
