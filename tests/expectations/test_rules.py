"""Every word of the vocabulary: its SQL and its expectation fail on the same rows, and on no null."""

import duckdb
import pytest

from expectations import CORE_SUITES
from expectations.rules import (
    Rule,
    between,
    currency,
    first_of_month,
    given_when,
    holds,
    not_negative,
    not_zero,
    one_of,
    ordered,
    positive,
    required,
)
from expectations.suite import CoreSuite
from tasks.checks.validate import Batch, row_check, validate
from tasks.core.tables import CORE

# id, number, word, start, finish
ROWS = """
    (1, 5, 'USD', DATE '2026-01-01', DATE '2026-02-01'),
    (2, 0, 'usd', DATE '2026-01-01', DATE '2026-01-01'),
    (3, -5, 'US', DATE '2026-01-31', DATE '2026-01-01'),
    (4, 11, 'EUR', DATE '1989-12-31', DATE '2026-01-01'),
    (5, NULL, NULL, NULL, NULL)
"""
WORDS: list[tuple[Rule, set[int]]] = [
    (required("number"), {5}),
    (one_of("word", ("USD", "EUR")), {2, 3}),
    (between("number", 0, 10), {3, 4}),
    (between("start", "1990-01-01", "2099-12-31"), {4}),
    (not_negative("number"), {3}),
    (positive("number"), {2, 3}),
    (not_zero("number"), {2}),
    (ordered("start", "finish"), {2, 3}),
    (ordered("start", "finish", may_be_equal=True), {3}),
    (given_when("number", "start IS NULL", "when it never starts"), {5}),
    (given_when("number", "word = 'USD'", "in dollars"), set()),
    (currency("word"), {2, 3}),
    (first_of_month("start"), {3, 4}),
    (holds("numbers are odd", "number IS NULL OR abs(number) - 2 * (abs(number) // 2) = 1", "add one"), {2}),
]


@pytest.fixture
def bench() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE thing AS FROM (VALUES {ROWS}) t(id, number, word, start, finish)")
    return connection


@pytest.mark.parametrize(("rule", "wrong"), WORDS, ids=[rule.name for rule, _ in WORDS])
def test_the_predicate_finds_exactly_the_failing_rows(
    bench: duckdb.DuckDBPyConnection, rule: Rule, wrong: set[int]
) -> None:
    assert {row[0] for row in bench.execute(f"SELECT id FROM thing WHERE {rule.failing}").fetchall()} == wrong


def test_great_expectations_counts_the_same_failing_rows(bench: duckdb.DuckDBPyConnection) -> None:
    results = validate(bench, "main", [Batch("thing", [row_check(rule) for rule, _ in WORDS])])
    found = [(result.rule, result.is_ok, result.observed) for result in results]
    assert found == [(rule.name, not wrong, f"{len(wrong)} rows that do not") for rule, wrong in WORDS]


def test_every_core_table_has_its_suite_in_order() -> None:
    assert [suite.table for suite in CORE_SUITES] == list(CORE)


@pytest.mark.parametrize("suite", CORE_SUITES, ids=[suite.table.name for suite in CORE_SUITES])
def test_a_suites_rules_have_names_of_their_own_and_say_what_to_do(suite: CoreSuite) -> None:
    names = [rule.name for rule in suite.row_rules]
    assert len(names) == len(set(names))
    assert all(": " in rule.reason for rule in suite.row_rules)
