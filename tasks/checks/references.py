"""References: a row whose required parent is not in core goes to quarantine; an optional one that dangles is noted."""

from expectations.rules import Severity
from expectations.suite import CoreSuite
from tasks.checks.rows import text
from tasks.checks.verdict import CheckResult
from tasks.core.tables import CORE
from tasks.core.tables.shape import Column
from tasks.engines.bench import Workbench

KEYS = {table.name: table.key for table in CORE}


def reject_orphans(connection: Workbench, suite: CoreSuite) -> None:
    """Add to `rejection` each candidate whose required parent is absent; the parents' core tables stand already."""
    for column in suite.table.columns:
        if column.refers_to and column.required:
            _add(connection, suite, column, "blocking")


def note_dangling(connection: Workbench, suite: CoreSuite) -> tuple[CheckResult, ...]:
    """Add to `rejection`, as warnings, the rows of core whose optional parent is absent; the value is kept."""
    results = []
    for column in suite.table.columns:
        if column.refers_to and not column.required:
            found = _add(connection, suite, column, "warning")
            name = f"{column.name} refers to a record of {column.refers_to}"
            found_words = f"{found} rows that do not"
            results.append(
                CheckResult(suite.table.name, name, "warning", found == 0, found_words, "0 rows that do not")
            )
    return tuple(results)


def _add(connection: Workbench, suite: CoreSuite, column: Column, severity: Severity) -> int:
    """Add the candidates with no parent in core; the number of them."""
    table, parent = suite.table.name, column.refers_to
    quarantined = text(
        f"{column.name} refers to a record of {parent} that is in quarantine: "
        "correct that one in the source system first"
    )
    missing = text(
        f"{column.name} refers to a record of {parent} that is deleted or was never read: "
        f"correct the reference, or give Baton's user access to that record"
    )
    (found,) = connection.execute(
        f"""
        INSERT INTO rejection
        WITH rejected AS (
            SELECT DISTINCT core_table, row, row_id, is_newest FROM rejection WHERE severity = 'blocking'),
        orphan AS (
            SELECT row, row_id, is_newest, _hash, {column.name} AS parent_id
            FROM candidate
            ANTI JOIN core.{parent} parent ON parent.{KEYS[parent]} = candidate.{column.name}
            WHERE {column.name} IS NOT NULL
              AND row NOT IN (SELECT row FROM rejected WHERE core_table = {text(table)})
        )
        SELECT {text(table)}, row, row_id, _hash, 'reference', '{severity}',
               CASE WHEN parent_id IN (SELECT row_id FROM rejected WHERE core_table = {text(parent)} AND is_newest)
                    THEN 'parent is quarantined: ' || {quarantined} ELSE 'parent is missing: ' || {missing} END,
               is_newest
        FROM orphan
        """
    ).fetchone() or (0,)
    return int(found)
