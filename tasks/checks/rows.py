"""Row rules and the fold: every version is judged, and per key the newest clean one is put in force.

All of it is set-based SQL, linear in the versions. Temporary tables: `judged` (each version of the table at hand),
`candidate` (the versions in force before references are looked at), `rejection` (every table's rejected and noted
versions). `row` is the rowid in `versions.<table>`.
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
    table, rules = suite.table, suite.row_rules
    blocking = [rule for rule in rules if rule.severity == "blocking"]
    warning = [rule for rule in rules if rule.severity == "warning"]
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH judged AS (
            SELECT rowid AS row, coalesce(CAST({table.key} AS VARCHAR), 'row ' || rowid) AS row_id, _version,
                   coalesce(_deleted, false) AS is_deleted,
                   NOT coalesce(_deleted, false) AND {_any(blocking)} AS is_rejected,
                   NOT coalesce(_deleted, false) AND {_any(warning)} AS is_noted
            FROM versions.{table.name}
        ),
        latest AS (
            SELECT row_id, max(_version) AS newest, max(_version) FILTER (NOT is_rejected) AS clean
            FROM judged GROUP BY row_id
        )
        SELECT judged.*, _version = newest AS is_newest,
               NOT is_rejected AND NOT is_deleted AND _version = clean AS is_in_force
        FROM judged JOIN latest USING (row_id)
        """
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE candidate AS SELECT row, row_id, is_newest FROM judged WHERE is_in_force"
    )
    connection.execute(
        f"""
        INSERT INTO rejection
        SELECT {text(table.name)}, row, row_id, _hash, broken.rule, broken.severity, broken.reason, is_newest
        FROM (
            SELECT judged.row, judged.row_id, version._hash, judged.is_newest, unnest({_broken(rules)}) AS broken
            FROM judged JOIN versions.{table.name} version ON version.rowid = judged.row
            WHERE judged.is_rejected OR (judged.is_noted AND judged.is_newest))
        WHERE broken.severity = 'blocking' OR is_newest
        """
    )


def build_core(connection: Workbench, suite: CoreSuite) -> None:
    """Create `core.<table>`: the candidates that no reference rule rejected, with `_is_stale`."""
    table = suite.table
    columns = ", ".join(f"version.{column.name}" for column in table.columns)
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE core.{table.name} AS
        SELECT {columns}, NOT candidate.is_newest AS _is_stale
        FROM versions.{table.name} version JOIN candidate ON candidate.row = version.rowid
        WHERE candidate.row NOT IN (
            SELECT row FROM rejection WHERE core_table = {text(table.name)} AND severity = 'blocking')
        """
    )


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
