"""A publish that is killed for real, at each point, and run again gives the warehouse of one that was not."""

import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pydantic import ByteSize

from config.settings import ROOT, Settings
from tasks.errors import WarehouseError
from tasks.metrics.metric import Metric
from tasks.warehouse.connect import mart_transaction, warehouse
from tasks.warehouse.ops import RUN, create_ops, record
from tasks.warehouse.publish import Build, publish
from tasks.warehouse.served import heal
from tasks.warehouse.serving import rows

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
VICTIM = """
    import os, sys
    from tests_publish import once          # this file, by the name its test gives it
    from tasks.warehouse import publish
    point, home, amount = sys.argv[1:]
    name = {"insert": "keep_only", "inside": "describe", "after": "copy_to_serve"}[point]
    setattr(publish, name, lambda *_: os._exit(9))
    once(home, int(amount))
"""


def compute() -> None:
    """A mart of the test."""


def once(home: str, amount: int) -> None:
    """Publish one number."""
    metric = Metric("creep", ("project_id",), (), {"project_id": "id", "gross_minor": "value"}, compute)
    table = pa.table({"project_id": ["p1"], "gross_minor": pa.array([amount], pa.int64())})
    where = warehouse(Settings(home=Path(home), memory_limit=ByteSize(10**9)))
    publish(where, [(metric, table)], Build(date(2026, 11, 20), NOW, f"run-{amount}", NOW, "USD"))


@pytest.mark.parametrize("point", ["insert", "inside", "after"])
def test_a_killed_publish_run_again_is_as_if_never_killed(point: str, tmp_path: Path) -> None:
    once(str(tmp_path), 100)
    script = tmp_path / "victim.py"
    script.write_text(textwrap.dedent(VICTIM))
    (tmp_path / "tests_publish.py").write_text(Path(__file__).read_text())
    path = f"{tmp_path}:{ROOT}"
    command = [sys.executable, str(script), point, str(tmp_path), "200"]
    died = subprocess.run(command, env={"PYTHONPATH": path, "PATH": ""}, capture_output=True, timeout=120, check=False)
    assert died.returncode == 9, died.stderr.decode()[-500:]
    where = warehouse(Settings(home=tmp_path, memory_limit=ByteSize(10**9)))
    assert rows(where, "SELECT gross_amount FROM mart.creep") == [{"gross_amount": Decimal("1.00")}]
    assert heal(where) == (point == "after")
    once(str(tmp_path), 200)
    assert rows(where, "SELECT gross_amount FROM mart.creep") == [{"gross_amount": Decimal("2.00")}]
    changed = rows(where, "SELECT before, after, run_id FROM ops.restatement")
    assert changed == [{"before": "1.00", "after": "2.00", "run_id": "run-200"}]


def test_a_second_writer_is_told_to_wait_and_ops_and_readers_go_on(tmp_path: Path) -> None:
    once(str(tmp_path), 100)
    where = warehouse(Settings(home=tmp_path, memory_limit=ByteSize(10**9)))
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(where.work)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(WarehouseError, match="locked by another run"), mart_transaction(where):
            pass
        assert not heal(where)
        create_ops(where)
        record(where, RUN, "run-1", [{"flow": "nightly", "state": "withheld"}])
        assert rows(where, "SELECT state FROM ops.run") == [{"state": "withheld"}]
        assert len(rows(where, "SELECT * FROM mart.creep")) == 1
        other.communicate()
