"""The judgement of core: every version against its row rules, the fold, references, conservation, and the set rules."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil

from config.policy import Policy
from expectations import CORE_SUITES
from expectations.rules import Expected, Severity
from expectations.suite import CoreSuite
from tasks.checks.conservation import conserve, store
from tasks.checks.freshness import freshness
from tasks.checks.references import note_dangling, reject_orphans
from tasks.checks.rows import REJECTION, build_core, judge_rows
from tasks.checks.validate import Batch, Check, row_check, unique, validate
from tasks.checks.verdict import CheckResult, Conservation, Verdict
from tasks.engines.bench import Workbench


def judge(
    connection: Workbench,
    policy: Policy,
    previous_counts: Mapping[str, int],
    *,
    known_at: datetime | None = None,
    pulled_at: Mapping[str, datetime] | None = None,
) -> Verdict:
    """Judge `versions`, create `core`, `ops.quarantine` and `ops.conservation`, and say whether to publish.

    Args:
        connection: The workbench, outside any transaction; the tables of `versions` are filled.
        policy: Its `quality` section says how few rows and how old data may be.
        previous_counts: Rows of each core table at the last publish; a table not named is not compared.
        known_at: The run's clock; without it freshness is not judged.
        pulled_at: When a core table's sources last answered completely, where the caller knows.

    Raises:
        GateError: rows read are not rows clean + rows quarantined.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS core")
    connection.execute(REJECTION)
    results: list[CheckResult] = []
    kept: list[Conservation] = []
    for suite in CORE_SUITES:
        judge_rows(connection, suite)
        reject_orphans(connection, suite)
        build_core(connection, suite)
        kept.append(conserve(connection, suite))
        results += (_quarantined(kept[-1]), *note_dangling(connection, suite))
    store(connection, kept)
    results += validate(connection, "core", (_batch(suite, policy, previous_counts) for suite in CORE_SUITES))
    if known_at is not None:
        results += freshness(connection, policy, known_at, pulled_at or {})
    counts = {row.table: row.clean + row.stale for row in kept}
    return Verdict(tuple(results), counts, tuple(kept))


def _quarantined(row: Conservation) -> CheckResult:
    """That nothing of the table is in quarantine; it never blocks, the rest is published."""
    observed = f"{row.quarantined} of {row.read} records, {row.stale} of them replaced by their last clean version"
    return CheckResult(row.table, "no record is in quarantine", "warning", row.quarantined == 0, observed, "0 records")


def _batch(suite: CoreSuite, policy: Policy, previous_counts: Mapping[str, int]) -> Batch:
    """The set rules of a core table, and its row rules once more on what is about to be measured."""
    table = suite.table
    checks = [unique((table.key,))]
    if not suite.may_be_empty:
        checks.append(Check("it has rows", "blocking", _at_least(1), "rows", "1 or more"))
    if previous := previous_counts.get(table.name, 0):
        checks += _volume(previous, policy)
    # `readable` speaks of a column that only versions have.
    checks += [row_check(rule) for rule in suite.row_rules if "_unreadable" not in rule.failing]
    return Batch(table.name, checks)


def _volume(previous: int, policy: Policy) -> list[Check]:
    """That there are not many fewer rows than at the last publish."""
    limits: tuple[tuple[Severity, float], ...] = (
        ("warning", policy.quality.volume_drop_warn_pct),
        ("blocking", policy.quality.volume_drop_stop_pct),
    )
    checks = []
    for severity, drop in limits:
        least = ceil(previous * (100 - drop) / 100)
        words = f"{least} rows or more, {drop:g} % below the last publish's {previous}"
        checks.append(Check(f"it has lost at most {drop:g} % of its rows", severity, _at_least(least), "rows", words))
    return checks


def _at_least(rows: int) -> Expected:
    """That the table has so many rows."""
    return Expected("expect_table_row_count_to_be_between", {"min_value": rows})
