"""What an old version left, and what a backup gave back, is gone on with as if nothing had happened."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.publish import publish
from tasks.stores.backup import back_up
from tasks.stores.restore import restore
from tests.conftest import new_database
from tests.flows.conftest import OCTOBER, QUICK, TODAY, Installation, installation
from tests.flows.sameness import read, same, without
from tests.old import stores


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request) -> str:
    """The address of an empty warehouse: none is DuckDB's files."""
    return "" if request.param == "duckdb" else new_database(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def october(undisturbed, paged_company, tmp_path: Path, url: str) -> Iterator[Installation]:
    """An installation after its first night."""
    home = tmp_path / "home" if url else undisturbed.after_october
    with installation(home, paged_company, url, more=QUICK) as baton:
        if url:
            assert baton.night(*OCTOBER).is_completed()
        yield baton


def test_a_restored_installation_goes_on_as_if_nothing_had_happened(
    undisturbed, october, paged_company, tmp_path, request
):
    back_up(october.at(OCTOBER[0]), tmp_path / "backup", OCTOBER[0])
    other = new_database(request.getfixturevalue("postgresql_url")) if october.warehouse_url else ""
    with installation(tmp_path / "other", paged_company, other, more=QUICK) as baton:
        restore(baton.at(TODAY[0]), tmp_path / "backup", replace=False)
        same(baton.marts(), undisturbed.october)
        state = baton.night(*TODAY)
        assert state.is_completed(), state.message
        same(baton.marts(), undisturbed.today)


NEWER = (
    "handoff_form_deal",
    "kickoff_deal",
    "handoff_monthly",
    "success_plan_deal",
    "success_project",
    "success_monthly",
    "stall_task",
    "stall_project",
    "commission_deal",
    "request_ticket",
    "request_monthly",
    "debrief_deal",
    "closeout_deal",
    "checklist_deal",
    "promise_item",
    "promise_deal",
    "closing_monthly",
    "escalation_ticket",
    "escalation_account",
    "escalation_project",
    "burn_in_deal",
    "quiet_product",
    "training_readiness_project",
    "quiet_account",
    "closeout_survey_project",
    "survey_answer",
    "survey_monthly",
)


def test_the_numbers_of_0_1_0_are_produced_again_from_its_lake(prefect_server, small_company, tmp_path, url):
    """Its own stores, migrated by the run. Marts and columns that it did not have yet are left out."""
    home = tmp_path / "home"
    stores.lake(home)
    stores.postgresql(url) if url else stores.duckdb_files(home)
    with installation(home, small_company[0], url) as baton:
        before = without(read(baton.warehouse, *NEWER), "alert_state")
        assert all(table.num_rows for name, table in before.items() if name.startswith(("mrr", "nrr", "schedule")))
        baton.at(OCTOBER[0])
        state = publish(stores.DAY, return_state=True)
        assert state.is_completed(), state.message
        after = {
            name: table.select(before[name].column_names) for name, table in baton.marts().items() if name in before
        }
        same(after, before)
        assert baton.rows("SELECT count(*) AS number FROM ops.restatement") == [{"number": 0}]
        (build,) = baton.rows("SELECT * FROM mart.mart_build")
        (counted,) = baton.rows(
            "SELECT sum(rows_read) AS read, sum(rows_quarantined) AS held FROM ops.conservation "
            "WHERE counted = 'keys' AND run_id = :run",
            run=build["run_id"],
        )
        assert (build["rows_read"], build["rows_held"]) == (counted["read"], counted["held"])
        assert build["rows_read"] > build["rows_held"] > 0
