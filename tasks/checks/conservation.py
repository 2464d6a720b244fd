"""Rows read = rows clean + rows quarantined, counted from three different places per table."""

from collections.abc import Iterable

from expectations.suite import CoreSuite
from tasks.checks.rows import text
from tasks.checks.verdict import Conservation
from tasks.engines.bench import Workbench


def conserve(connection: Workbench, suite: CoreSuite) -> Conservation:
    """Where the table's records went: read is counted from the versions, clean from core, quarantined from `rejection`.

    A record that is not in `judged` has one version, so its row stands for its key.

    Raises:
        GateError: the three do not add up.
    """
    name = suite.table.name
    counted = connection.execute(
        f"""
        WITH quarantine AS (FROM rejection WHERE core_table = {text(name)} AND severity = 'blocking')
        SELECT {text(name)},
               (SELECT count(*) FROM versions.{name}) - (SELECT count(*) FROM judged)
               + (SELECT count(DISTINCT row_id) FROM judged WHERE is_newest AND NOT is_deleted),
               (SELECT count(*) FROM core.{name} WHERE NOT _is_stale),
               (SELECT count(DISTINCT row_id) FROM quarantine WHERE is_newest),
               (SELECT count(*) FROM core.{name} WHERE _is_stale),
               (SELECT count(*) FROM versions.{name}),
               (SELECT count(*) FROM judged WHERE NOT is_rejected AND NOT is_in_force)
               + (SELECT count(*) FROM core.{name}),
               (SELECT count(DISTINCT row) FROM quarantine)
        """
    ).fetchone()
    assert counted is not None
    row = Conservation(*counted)
    row.must_hold()
    return row


def store(connection: Workbench, rows: Iterable[Conservation]) -> None:
    """Create `ops.conservation` and `ops.quarantine`."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS ops")
    connection.execute(
        """
        CREATE OR REPLACE TABLE ops.conservation (
            core_table VARCHAR, read BIGINT, clean BIGINT, quarantined BIGINT, stale BIGINT,
            versions_read BIGINT, versions_clean BIGINT, versions_quarantined BIGINT)
        """
    )
    for row in rows:
        counts = (row.read, row.clean, row.quarantined, row.stale)
        versions = (row.versions_read, row.versions_clean, row.versions_quarantined)
        values = [row.table, *counts, *versions]
        connection.execute("INSERT INTO ops.conservation VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.execute(
        """
        CREATE OR REPLACE TABLE ops.quarantine AS
        SELECT core_table, row_id, version_hash, rule, severity, reason, is_newest FROM rejection
        """
    )
