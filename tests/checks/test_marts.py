"""The gate before publishing: columns, grain, finite ratios, sums and the marts' own rules."""

from collections.abc import Iterator
from datetime import date

import duckdb
import narwhals as nw
import pytest

from config.policy import Policy
from expectations import MART_SUITES
from expectations.suite import MartSuite, Sums
from tasks.checks import marts
from tasks.checks.marts import check_marts
from tasks.metrics.metric import Frames, Metric


def compute(frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame:
    """Nothing: these marts are written by hand."""
    return frames["none"]


PART = Metric("part", ("part_id",), (), {"part_id": "key", "team": "team", "cost_minor": "cost"}, compute, ("whole",))
WHOLE = Metric(
    "whole", ("team",), (), {"team": "team", "cost_minor": "cost", "cost_ratio": "share"}, compute, keep="every"
)
SUMS = MartSuite("part", sums=(Sums("whole", {"cost_minor": "cost_minor"}, on={"team": "team"}),))


@pytest.fixture
def mart(monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two marts that agree: three parts of two teams."""
    monkeypatch.setattr(marts, "SUITES", {"part": SUMS})
    connection = duckdb.connect()
    connection.execute(
        """
        CREATE SCHEMA mart;
        CREATE TABLE mart.part AS FROM (VALUES (1, 'a', 100), (2, 'a', 50), (3, 'b', 7)) t(part_id, team, cost_minor);
        CREATE TABLE mart.whole AS FROM (VALUES ('a', 150, 0.95), ('b', 7, NULL)) t(team, cost_minor, cost_ratio);
        ALTER TABLE mart.whole ALTER cost_ratio TYPE DOUBLE
        """
    )
    yield connection
    connection.close()


def failed(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return [
        (result.suite, result.rule, result.observed)
        for result in check_marts(connection, (PART, WHOLE))
        if not result.is_ok
    ]


def test_marts_that_agree_pass(mart: duckdb.DuckDBPyConnection) -> None:
    assert failed(mart) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE mart.part SET cost_minor = 101 WHERE part_id = 1",  # a cent too much
        "UPDATE mart.part SET team = 'c' WHERE part_id = 3",  # a team that has no headline
        "DELETE FROM mart.part WHERE team = 'b'",  # a headline without parts
    ],
)
def test_contributions_must_sum_exactly(mart: duckdb.DuckDBPyConnection, change: str) -> None:
    mart.execute(change)
    assert {(suite, rule) for suite, rule, _ in failed(mart)} == {("part", "its rows sum to whole by team")}


def test_a_grain_that_repeats_or_is_empty_fails(mart: duckdb.DuckDBPyConnection) -> None:
    mart.execute("INSERT INTO mart.part VALUES (3, 'b', 0), (NULL, 'b', 0)")
    assert failed(mart) == [
        ("part", "part_id is unique", "1 that occur twice"),
        ("part", "part_id is given", "1 rows that do not"),
    ]


def test_as_of_joins_the_grain_where_it_is_there(mart: duckdb.DuckDBPyConnection) -> None:
    mart.execute("ALTER TABLE mart.part ADD COLUMN as_of DATE DEFAULT DATE '2026-11-20'")
    assert failed(mart) == []


@pytest.mark.parametrize("wild", ["inf", "-inf", "nan"])
def test_a_ratio_is_finite_or_null(mart: duckdb.DuckDBPyConnection, wild: str) -> None:
    mart.execute(f"UPDATE mart.whole SET cost_ratio = '{wild}'::DOUBLE WHERE team = 'a'")
    assert failed(mart) == [("whole", "ratios are finite or null", "1 rows that do not")]


def test_a_mart_with_other_columns_is_not_looked_at_further(mart: duckdb.DuckDBPyConnection) -> None:
    mart.execute("ALTER TABLE mart.part RENAME COLUMN cost_minor TO price_minor")
    observed = "missing: cost_minor; not declared: price_minor"
    assert failed(mart) == [("part", "it has its declared columns", observed)]


def test_a_mart_that_was_not_computed_fails(mart: duckdb.DuckDBPyConnection) -> None:
    mart.execute("DROP TABLE mart.part")
    assert [suite for suite, _, _ in failed(mart)] == ["part"]


def test_suites_name_each_mart_once() -> None:
    names = [suite.mart for suite in MART_SUITES]
    assert len(names) == len(set(names))
