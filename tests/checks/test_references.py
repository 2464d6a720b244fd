"""A row without its required parent is quarantined; a dangling optional reference is noted and kept."""

from collections.abc import Callable
from typing import Any

import duckdb

from expectations import CORE_SUITES
from tasks.checks.conservation import conserve, store
from tasks.checks.references import note_dangling, reject_orphans
from tasks.checks.rows import REJECTION, build_core, judge_rows
from tasks.checks.verdict import CheckResult

Give = Callable[..., None]


def run(bench: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """The row rules, references and conservation of every table, without Great Expectations."""
    bench.execute(REJECTION)
    noted, kept = [], []
    for suite in CORE_SUITES:
        judge_rows(bench, suite)
        reject_orphans(bench, suite)
        build_core(bench, suite)
        kept.append(conserve(bench, suite))
        noted += note_dangling(bench, suite)
    store(bench, kept)
    return [result for result in noted if not result.is_ok]


def quarantine(bench: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """(table, id, rule, severity, the reason up to its colon)."""
    return bench.execute(
        "SELECT core_table, row_id, rule, severity, split_part(reason, ':', 1) FROM ops.quarantine ORDER BY ALL"
    ).fetchall()


def keys(bench: duckdb.DuckDBPyConnection, table: str) -> list[Any]:
    return [row[0] for row in bench.execute(f"FROM core.{table}").fetchall()]


def test_children_of_a_quarantined_parent_go_with_it_down_the_whole_line(
    bench: duckdb.DuckDBPyConnection, given: Give
) -> None:
    given("account", {})
    given("project", {"contract_type": "barter"})
    given("task", {})
    given("task_progress", {})
    run(bench)
    assert keys(bench, "task") == keys(bench, "task_progress") == []
    assert [row for row in quarantine(bench) if row[2] == "reference"] == [
        ("task", "t1", "reference", "blocking", "parent is quarantined"),
        ("task_progress", "g1", "reference", "blocking", "parent is quarantined"),
    ]


def test_a_parent_that_was_never_read_or_is_deleted_is_missing(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("account", {"_deleted": True})
    given("subscription", {}, {"subscription_id": "s2", "account_id": "nowhere"})
    run(bench)
    assert keys(bench, "subscription") == []
    assert {row[4] for row in quarantine(bench)} == {"parent is missing"}


def test_a_stale_parent_keeps_its_children(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("account", {})
    given("project", {}, {"_version": 2, "currency": "dollars"})
    given("task", {})
    run(bench)
    assert keys(bench, "task") == ["t1"]


def test_a_stale_row_can_lose_its_parent_too_and_is_counted_once(bench: duckdb.DuckDBPyConnection, given: Give) -> None:
    given("account", {"_deleted": True})
    given("subscription", {}, {"_version": 2, "currency": "dollars"})
    run(bench)
    assert keys(bench, "subscription") == []
    counted = bench.execute(
        "SELECT read, clean, quarantined, stale, versions_read, versions_clean, versions_quarantined "
        "FROM ops.conservation WHERE core_table = 'subscription'"
    ).fetchall()
    assert counted == [(1, 0, 1, 0, 2, 0, 2)]


def test_a_dangling_optional_reference_is_noted_and_the_value_kept(
    bench: duckdb.DuckDBPyConnection, given: Give
) -> None:
    given("account", {"parent_id": "nowhere"})
    given("project", {})
    given("time_entry", {"task_id": "gone"})
    noted = run(bench)
    assert bench.execute("SELECT task_id, _is_stale FROM core.time_entry").fetchall() == [("gone", False)]
    assert quarantine(bench) == [
        ("account", "a1", "reference", "warning", "parent is missing"),
        ("time_entry", "e1", "reference", "warning", "parent is missing"),
    ]
    assert [(result.suite, result.severity, result.observed) for result in noted] == [
        ("account", "warning", "1 rows that do not"),
        ("time_entry", "warning", "1 rows that do not"),
    ]
