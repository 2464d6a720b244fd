"""The whole judgement: Great Expectations' set rules, volume, freshness, and what blocks a publish."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from config.policy import policy
from expectations import account
from expectations.rules import holds
from tasks.checks.freshness import freshness
from tasks.checks.judge import judge
from tasks.checks.validate import Batch, row_check, validate
from tasks.checks.verdict import CheckResult, Conservation, Verdict
from tasks.errors import GateError

Give = Callable[..., None]
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


@pytest.fixture
def good(given: Give) -> Give:
    """One good row of everything that must not be empty, and their parents."""
    for table in ("account", "subscription", "project", "task", "time_entry", "fx_rate", "work_calendar"):
        given(table, {})
    return given


@pytest.fixture
def only_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge one table, to be quick about it."""
    monkeypatch.setattr("tasks.checks.judge.CORE_SUITES", (account.SUITE,))


def failed(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(result.suite, result.rule, result.severity) for result in verdict.results if not result.is_ok]


def test_good_rows_pass_every_rule_of_every_suite(bench: duckdb.DuckDBPyConnection, good: Give) -> None:
    verdict = judge(bench, policy(), {})
    assert failed(verdict) == []
    assert not verdict.is_blocked
    assert verdict.counts["account"] == 1 and verdict.counts["invoice_line"] == 0
    assert {result.suite for result in verdict.results} == set(verdict.counts)


def test_quarantine_warns_and_does_not_block(bench: duckdb.DuckDBPyConnection, good: Give) -> None:
    good("subscription", {"subscription_id": "s2", "start_date": None})
    verdict = judge(bench, policy(), {})
    assert failed(verdict) == [("subscription", "no record is in quarantine", "warning")]
    assert not verdict.is_blocked


def test_two_rows_of_one_key_and_version_block(bench: duckdb.DuckDBPyConnection, good: Give) -> None:
    good("fx_rate", {"minor_rate_e8": 5})
    verdict = judge(bench, policy(), {})
    assert failed(verdict) == [("fx_rate", "fx_rate_id is unique", "blocking")]
    assert verdict.reasons == (
        "fx_rate: it does not hold that fx_rate_id is unique (found 1 that occur twice, expected 0 that occur twice).",
    )


def test_an_ambiguous_version_that_is_clean_and_wrong_at_once_breaks_conservation(
    bench: duckdb.DuckDBPyConnection, good: Give
) -> None:
    good("fx_rate", {"minor_rate_e8": -5})
    with pytest.raises(GateError, match="fx_rate: records read are not records clean"):
        judge(bench, policy(), {})


# policy.yaml: warn below 80 % of the last publish's rows, stop below 50 %.
@pytest.mark.parametrize(
    ("before", "outcome"),
    [(10, []), (12, []), (13, ["warning"]), (20, ["warning"]), (21, ["warning", "blocking"])],
)
def test_volume_is_compared_with_the_last_publish(
    bench: duckdb.DuckDBPyConnection, given: Give, only_accounts: None, before: int, outcome: list[str]
) -> None:
    given("account", {}, *({"account_id": f"b{number}"} for number in range(9)))  # ten in all
    verdict = judge(bench, policy(), {"account": before})
    assert [severity for _, _, severity in failed(verdict)] == outcome
    told = [(result.observed, result.expected) for result in verdict.results if "has lost" in result.rule]
    least = -(-before * 8 // 10)
    assert told[0] == ("10 rows", f"{least} rows or more, 20 % below the last publish's {before}")
    assert verdict.is_blocked == ("blocking" in outcome)


def test_without_rates_or_calendar_nothing_is_published(bench: duckdb.DuckDBPyConnection) -> None:
    verdict = judge(bench, policy(), {})
    assert failed(verdict) == [("fx_rate", "it has rows", "blocking"), ("work_calendar", "it has rows", "blocking")]


# policy.yaml: warn past 36 hours, stop past 168.
@pytest.mark.parametrize(
    ("hours", "outcome"),
    [(36, []), (36.5, ["warning"]), (168, ["warning"]), (168.5, ["warning", "blocking"])],
)
def test_time_entries_grow_old_and_quiet_tables_do_not(
    bench: duckdb.DuckDBPyConnection, given: Give, hours: float, outcome: list[str]
) -> None:
    given("time_entry", {"_extracted_at": NOW - timedelta(days=90)})
    given("time_entry", {"entry_id": "e2", "_extracted_at": NOW - timedelta(hours=hours)})
    given("account", {"_extracted_at": NOW - timedelta(days=300)})
    results = freshness(bench, policy(), NOW, {})
    assert {result.suite for result in results} == {"time_entry"}
    assert [result.severity for result in results if not result.is_ok] == outcome


def test_a_quiet_table_is_as_old_as_its_last_complete_pull(
    bench: duckdb.DuckDBPyConnection, given: Give, only_accounts: None
) -> None:
    given("account", {"_extracted_at": NOW - timedelta(days=300)})
    verdict = judge(bench, policy(), {}, known_at=NOW, pulled_at={"account": NOW - timedelta(hours=40)})
    assert failed(verdict) == [("account", "it is at most 36 hours old", "warning")]


def test_a_conservation_that_does_not_hold_is_an_error() -> None:
    Conservation("account", 3, 2, 1, 1, 4, 3, 1).must_hold()
    for lost in (
        Conservation("account", 3, 2, 0, 0, 4, 3, 1),  # a key went nowhere
        Conservation("account", 3, 3, 1, 1, 4, 3, 1),  # a key is in both
        Conservation("account", 3, 2, 1, 2, 4, 3, 1),  # a stale row that nothing quarantined
        Conservation("account", 3, 2, 1, 1, 4, 2, 1),  # a version went nowhere
    ):
        with pytest.raises(GateError, match="Nothing was published"):
            lost.must_hold()


def test_a_rule_that_cannot_be_evaluated_fails(bench: duckdb.DuckDBPyConnection) -> None:
    bench.execute("CREATE TABLE core.thing AS SELECT 1 AS size")
    results = validate(bench, "core", [Batch("thing", [row_check(holds("it is blue", "colour = 'blue'", "paint it"))])])
    unknown = "the rule could not be evaluated"
    assert results == (CheckResult("thing", "it is blue", "blocking", False, unknown, "0 rows that do not"),)
