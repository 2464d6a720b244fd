"""`baton demo` ends well, prints its headlines, and a second run changes no published number."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from config.policy import ROOT
from tasks.metrics.catalogue import METRICS

RUN = {"run_id", "published_at", "_run_id", "_published_at"}  # of the run, not of the numbers


def demo(home: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BATON_"))}
    kept["PREFECT_HOME"] = str(home / "prefect")
    command = [
        sys.executable,
        "-c",
        "from cli.main import main; main()",
        "demo",
        "--accounts",
        "20",
        "--home",
        str(home),
    ]
    done = subprocess.run(command, env=kept, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "great_expectations" not in done.stderr
    return done.stdout


def published(home: Path) -> dict[str, list[tuple]]:
    """Every mart's rows without what names the run, in a fixed order."""
    with duckdb.connect(str(home / "warehouse" / "serve.duckdb"), read_only=True) as connection:
        found = {}
        for metric in METRICS:
            columns = [row[0] for row in connection.execute(f"DESCRIBE mart.{metric.table}").fetchall()]
            kept = ", ".join(name for name in columns if name not in RUN)
            found[metric.table] = connection.execute(f"SELECT {kept} FROM mart.{metric.table} ORDER BY ALL").fetchall()
        return found


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict, dict]:
    home = tmp_path_factory.mktemp("demo")
    shown = demo(home)
    first = published(home)
    demo(home)
    return shown, first, published(home)


def test_it_shows_four_nights_and_the_three_headlines(twice):
    shown, first, _ = twice
    for day in ("2026-08-31", "2026-09-30", "2026-10-31", "2026-11-20"):
        assert f"✓ nightly {day}" in shown
    for word in ("NRR", "creep", "SPI"):
        assert word.lower() in shown.lower()
    assert sum(map(len, first.values())) > 0


def test_a_second_run_changes_no_number(twice):
    _, first, second = twice
    assert {name: rows for name, rows in second.items() if rows != first[name]} == {}
