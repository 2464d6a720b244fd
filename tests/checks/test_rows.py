"""Each version against its row rules; per key the newest clean version is in force."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations import account, project, subscription, task, time_entry
from expectations.suite import CoreSuite
from tasks.checks.conservation import conserve, store
from tasks.checks.rows import REJECTION, build_core, judge_rows

Give = Callable[..., None]


def fold(bench: duckdb.DuckDBPyConnection, suite: CoreSuite) -> list[tuple[Any, ...]]:
    """(key, is_stale) of the rows put in force, after conservation was asserted."""
    bench.execute(REJECTION)
    judge_rows(bench, suite)
    build_core(bench, suite)
    kept = conserve(bench, suite)
    store(bench, [kept])
    return bench.execute(f"SELECT {suite.table.key}, _is_stale FROM core.{suite.table.name} ORDER BY 1").fetchall()


def quarantine(bench: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return bench.execute(
        "SELECT row_id, version_hash, rule, severity, is_newest FROM ops.quarantine ORDER BY ALL"
    ).fetchall()


def test_the_newest_clean_version_is_in_force(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("account", {"name": "old"}, {"name": "new", "_version": 2})
    assert fold(bench, account.SUITE) == [("a1", False)]
    assert bench.execute("SELECT name FROM core.account").fetchall() == [("new",)]
    assert quarantine(bench) == []


def test_a_rejected_newest_version_leaves_the_one_before_it_in_force_as_stale(
    bench: duckdb.DuckDBPyConnection, given: Give
) -> None:
    given("task", {"progress_bp": 4000}, {"progress_bp": 14_000, "_version": 2, "_hash": "h2"})
    assert fold(bench, task.SUITE) == [("t1", True)]
    assert bench.execute("SELECT progress_bp FROM core.task").fetchall() == [(4000,)]
    assert quarantine(bench) == [("t1", "h2", "progress_bp is between 0 and 10000", "blocking", True)]
    assert bench.execute("SELECT read, clean, quarantined, stale FROM ops.conservation").fetchall() == [(1, 0, 1, 1)]


def test_a_rejected_first_version_leaves_nothing(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("subscription", {"end_date": "2025-12-31"}, {"subscription_id": "s2"})
    assert fold(bench, subscription.SUITE) == [("s2", False)]
    assert quarantine(bench) == [("s1", "h", "start_date is not after end_date", "blocking", True)]


def test_an_old_rejected_version_is_noted_but_costs_nothing(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("task", {"progress_bp": -1}, {"progress_bp": 0, "_version": 2})
    assert fold(bench, task.SUITE) == [("t1", False)]
    assert quarantine(bench) == [("t1", "h", "progress_bp is between 0 and 10000", "blocking", False)]


def test_a_deletion_is_never_judged_and_removes_the_record(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("time_entry", {}, {"_version": 2, "_deleted": True, "work_date": None, "currency": "?"})
    assert fold(bench, time_entry.SUITE) == []
    assert quarantine(bench) == []
    counted = bench.execute(
        "SELECT read, clean, quarantined, versions_read, versions_clean FROM ops.conservation"
    ).fetchall()
    assert counted == [(0, 0, 0, 2, 2)]


def test_a_record_that_came_back_wrong_after_its_deletion_stays_absent(
    bench: duckdb.DuckDBPyConnection, given: Give
) -> None:
    given("time_entry", {}, {"_version": 2, "_deleted": True}, {"_version": 3, "work_date": None})
    assert fold(bench, time_entry.SUITE) == []
    assert [row[2:] for row in quarantine(bench)] == [("work_date is given", "blocking", True)]


@pytest.mark.parametrize("field", ["cap_minor", "cap_cents", "name,cap_cents"])
def test_an_unreadable_value_that_feeds_a_number_rejects_the_version(
    bench: duckdb.DuckDBPyConnection, given: Give, field: str
) -> None:
    given("project", {"_unreadable": field})
    assert fold(bench, project.SUITE) == []
    (reason,) = bench.execute("SELECT reason FROM ops.quarantine").fetchall()[0]
    assert reason.endswith(f"field: {field.removeprefix('name,')}")


def test_an_unreadable_optional_text_or_instant_rejects_nothing(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("account", {"_unreadable": "created_at"})
    assert fold(bench, account.SUITE) == [("a1", False)]


def test_a_warning_notes_the_newest_version_and_keeps_it(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("project", {"contract_type": "capped"}, {"contract_type": "capped", "_version": 2, "_hash": "h2"})
    assert fold(bench, project.SUITE) == [("p1", False)]
    assert quarantine(bench) == [("p1", "h2", "cap_minor is given on a capped project", "warning", True)]


def test_every_broken_rule_is_named_and_no_value_is_shown(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("time_entry", {"approval": "Zaphod said yes", "currency": "secret", "is_billable": None})
    assert fold(bench, time_entry.SUITE) == []
    rules = {row[2] for row in quarantine(bench)}
    assert rules == {"approval is a known value", "currency is a currency code", "is_billable is given"}
    told = " ".join(reason for (reason,) in bench.execute("SELECT reason FROM ops.quarantine").fetchall())
    assert "Zaphod" not in told and "secret" not in told


def test_rows_without_a_key_are_each_quarantined(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("account", {"account_id": None}, {"account_id": None}, {})
    assert fold(bench, account.SUITE) == [("a1", False)]
    assert bench.execute("SELECT read, clean, quarantined FROM ops.conservation").fetchall() == [(3, 1, 2)]


HISTORIES = st.lists(st.lists(st.sampled_from(["clean", "wrong", "deleted"]), min_size=1, max_size=5), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=HISTORIES)
def test_the_fold_of_any_history_is_the_newest_clean_version_and_loses_no_row(
    bench: duckdb.DuckDBPyConnection, given: Give, histories: list[list[str]]
) -> None:
    bench.execute("DELETE FROM versions.task")
    expected, rejected = [], 0
    for number, history in enumerate(histories):
        for version, state in enumerate(history, start=1):
            progress = -1 if state == "wrong" else 0
            row = {
                "task_id": f"t{number}",
                "_version": version,
                "progress_bp": progress,
                "_deleted": state == "deleted",
            }
            given("task", row)
        clean = [state for state in history if state != "wrong"]
        if clean and clean[-1] == "clean":
            expected.append((f"t{number}", history[-1] == "wrong"))
        rejected += history.count("wrong")
    assert fold(bench, task.SUITE) == expected
    read = sum(history[-1] != "deleted" for history in histories)
    wrong = sum(history[-1] == "wrong" for history in histories)
    stale = sum(is_stale for _, is_stale in expected)
    total = sum(map(len, histories))
    assert bench.execute("FROM ops.conservation").fetchall() == [
        ("task", read, read - wrong, wrong, stale, total, total - rejected, rejected)
    ]
