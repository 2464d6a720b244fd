"""Row rules and the fold: every version is judged, and per key the newest clean one is put in force.

All of it is set-based SQL, linear in the versions. Temporary relations: `broken` (each rule that a version of the
table at hand breaks), `judged` (the versions of its doubtful records: those with more than one, a deletion or a
rejected one; the many others are in force as they are), `candidate` (the versions in force before references are
looked at), `rejection` (every table's rejected and noted versions). `row` is the rowid in `versions.<table>`.
"""

from collections.abc import Iterable

from expectations.rules import Rule
from expectations.suite import CoreSuite
from tasks.engines.bench import Workbench

REJECTION = """
CREATE OR REPLACE TEMP TABLE rejection (
    core_table VARCHAR, row BIGINT, row_id VARCHAR, version_hash VARCHAR, rule VARCHAR, severity VARCHAR,
    reason VARCHAR, is_newest BOOLEAN)
"""


def text(value: str) -> str:
    """A SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def judge_rows(connection: Workbench, suite: CoreSuite) -> None:
    """Fill `judged` and `candidate` for the suite's table, and add what its row rules reject or note to `rejection`.

    A deletion is never judged: it says only that the record is gone. Warnings are noted on newest versions only.
    """
    table = suite.table
    _break(connection, suite)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH doubtful AS (
            SELECT row_id FROM broken WHERE severity = 'blocking'
            UNION SELECT {_row_id(suite)} FROM versions.{table.name} WHERE _version > 1 OR _deleted
        ),
        version AS (
            SELECT rowid AS row, {_row_id(suite)} AS row_id, _version, coalesce(_deleted, false) AS is_deleted,
                   rowid IN (SELECT row FROM broken WHERE severity = 'blocking') AS is_rejected
            FROM versions.{table.name} WHERE {_row_id(suite)} IN (FROM doubtful)
        ),
        latest AS (
            SELECT row_id, max(_version) AS newest, max(_version) FILTER (NOT is_rejected) AS clean
            FROM version GROUP BY row_id
        )
        SELECT version.*, _version = newest AS is_newest,
               NOT is_rejected AND NOT is_deleted AND _version = clean AS is_in_force
        FROM version JOIN latest USING (row_id)
        """
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW candidate AS
        SELECT version.*, coalesce(judged.is_newest, true) AS is_newest
        FROM (SELECT *, rowid AS row, {_row_id(suite)} AS row_id FROM versions.{table.name}) version
        LEFT JOIN judged ON judged.row = version.row
        WHERE judged.row IS NULL OR judged.is_in_force
        """
    )
    connection.execute(
        f"""
        INSERT INTO rejection
        SELECT {text(table.name)}, row, broken.row_id, _hash, rule, severity, reason, coalesce(is_newest, true)
        FROM broken LEFT JOIN judged USING (row)
        WHERE severity = 'blocking' OR coalesce(is_newest, true)
        """
    )


def build_core(connection: Workbench, suite: CoreSuite) -> None:
    """Create `core.<table>`: the candidates that no reference rule rejected, with `_is_stale`."""
    table = suite.table
    columns = ", ".join(column.name for column in table.columns)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE core.{table.name} AS
        SELECT {columns}, NOT is_newest AS _is_stale
        FROM candidate
        WHERE row NOT IN (
            SELECT row FROM rejection WHERE core_table = {text(table.name)} AND severity = 'blocking')
        """
    )


def _break(connection: Workbench, suite: CoreSuite) -> None:
    """Fill `broken`: each rule that a version breaks, in one pass over the table."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE broken AS
        SELECT row, row_id, _hash, rule.* FROM (
            SELECT rowid AS row, {_row_id(suite)} AS row_id, _hash, unnest({_broken(suite.row_rules)}) AS rule
            FROM versions.{suite.table.name}
            WHERE NOT coalesce(_deleted, false) AND {_any(suite.row_rules)})
        """
    )


def _row_id(suite: CoreSuite) -> str:
    """SQL for the key of a version, also of one without."""
    return f"coalesce(CAST({suite.table.key} AS VARCHAR), 'row ' || rowid)"


def _any(rules: Iterable[Rule]) -> str:
    """SQL that is true where any of the rules is broken, else false."""
    return "(" + " OR ".join([f"(({rule.failing}) IS TRUE)" for rule in rules] or ["false"]) + ")"


def _broken(rules: Iterable[Rule]) -> str:
    """SQL for the list of broken rules of a row."""
    entries = ", ".join(
        f"CASE WHEN {rule.failing} THEN {{'rule': {text(rule.name)}, 'severity': '{rule.severity}', "
        f"'reason': {text(rule.reason)} || {rule.named}}} END"
        for rule in rules
    )
    return f"list_filter([{entries}], x -> x IS NOT NULL)"
