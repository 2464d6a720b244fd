"""How old the data are: per core table, the hours since its sources last answered, or last gave a new version."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from config.policy import Policy
from expectations import CORE_SUITES
from expectations.rules import Severity
from tasks.checks.verdict import CheckResult
from tasks.core.tables import CORE
from tasks.engines.bench import Workbench


def freshness(
    connection: Workbench, policy: Policy, known_at: datetime, pulled_at: Mapping[str, datetime]
) -> list[CheckResult]:
    """Each table's age against the policy's hours, as a warning and as a stop.

    A table in `pulled_at` is as old as that. The others are as old as their newest version, and only those that move
    daily are judged by it: an unchanged record brings no version, so a quiet table is not an old one.
    """
    newest = _newest_versions(connection)
    results = []
    for suite in CORE_SUITES:
        name = suite.table.name
        at = pulled_at.get(name) or (newest.get(name) if suite.moves_daily else None)
        if at is not None:
            results += _judge(name, (known_at - at).total_seconds() / 3600, policy)
    return results


def never_read(sources: Collection[str], read: Collection[str]) -> list[CheckResult]:
    """That each configured source was read at least once; when none was, there is nothing to publish."""
    severity: Severity = "warning" if read else "blocking"
    return [
        CheckResult(
            source,
            "it was read at least once",
            severity,
            source in read,
            "never" if source not in read else "read",
            "read",
        )
        for source in sources
    ]


def _judge(table: str, hours: float, policy: Policy) -> list[CheckResult]:
    limits: tuple[tuple[Severity, int], ...] = (
        ("warning", policy.quality.freshness_warn_hours),
        ("blocking", policy.quality.freshness_stop_hours),
    )
    found = f"{hours:.1f} hours"
    return [
        CheckResult(table, f"it is at most {limit} hours old", severity, hours <= limit, found, f"{limit} hours")
        for severity, limit in limits
    ]


def _newest_versions(connection: Workbench) -> dict[str, datetime]:
    """When each table's newest version was read; tables that come from no source are left out."""
    query = " UNION ALL ".join(
        f"SELECT '{table.name}', epoch_us(max(_extracted_at)) FROM versions.{table.name}" for table in CORE
    )
    return {
        name: datetime.fromtimestamp(microseconds / 1_000_000, UTC)
        for name, microseconds in connection.execute(query).fetchall()
        if microseconds is not None
    }
