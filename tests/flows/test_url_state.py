"""Past one machine: with the lake in a bucket and the warehouse in PostgreSQL, nothing that matters is on a disk."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from sandbox.company import build
from tests.flows.conftest import OCTOBER, TODAY, installation
from tests.flows.sameness import Marts, same

SMALLEST = 20


@pytest.fixture(scope="module")
def world():
    return build(SMALLEST)[0]


def nights(home: Path, world, warehouse_url: str = "", *, more=None, forget: bool = False) -> Marts:
    """Two nights with a closing between them; when told to, the home is lost after each, as a pod's disk is."""
    from flows.close_month import close_month

    with installation(home, world, warehouse_url, more) as baton:
        for run in (
            lambda: baton.night(*OCTOBER),
            lambda: close_month(date(2026, 10, 1), return_state=True),
            lambda: baton.night(*TODAY),
        ):
            state = run()
            assert state.is_completed(), state.message
            if forget:
                assert [path for path in home.rglob("*") if path.is_file()] == []
                shutil.rmtree(home, ignore_errors=True)  # the closing needs none
        return baton.marts()


def test_a_home_that_is_lost_after_every_run_changes_no_number(prefect_server, world, s3_lake, database_url, tmp_path):
    expected = nights(tmp_path / "disk", world)
    found = nights(tmp_path / "pod", world, database_url, more={"BATON_LAKE_URL": s3_lake}, forget=True)
    same(found, expected)
