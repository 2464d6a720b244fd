"""The gate before publishing: each mart's columns, grain, finite ratios, its own rules, and what its rows sum to."""

from collections.abc import Mapping, Sequence

import duckdb

from expectations import MART_SUITES
from expectations.rules import Expected
from expectations.suite import MartSuite, Sums
from tasks.checks.validate import Batch, Check, no_rows, row_check, unique, validate
from tasks.checks.verdict import CheckResult
from tasks.metrics.metric import Metric

SUITES = {suite.mart: suite for suite in MART_SUITES}


def check_marts(
    connection: duckdb.DuckDBPyConnection, metrics: Sequence[Metric], schema: str = "mart"
) -> tuple[CheckResult, ...]:
    """Every rule of every mart; a failed blocking result withholds the whole publish.

    The marts stand in `schema` as measured (money in minor units); `as_of` may be there already.
    """
    present = _columns(connection, schema)
    results: list[CheckResult] = []
    batches: list[Batch] = []
    for metric in metrics:
        found = present.get(metric.table, {})
        results.append(_shape(metric, found))
        if results[-1].is_ok:
            batches.append(_batch(metric, found, schema, present))
    return (*results, *validate(connection, schema, batches))


def _columns(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, dict[str, str]]:
    """Table -> column -> type, of every table of the schema."""
    present: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = ?", [schema]
    ).fetchall()
    for table, column, kind in rows:
        present.setdefault(table, {})[column] = kind
    return present


def _shape(metric: Metric, found: dict[str, str]) -> CheckResult:
    """That the mart has exactly the columns its metric declares."""
    declared, actual = set(metric.columns), set(found) - {"as_of"}
    missing, unknown = sorted(declared - actual), sorted(actual - declared)
    observed = f"missing: {', '.join(missing) or 'none'}; not declared: {', '.join(unknown) or 'none'}"
    return CheckResult(
        metric.table,
        "it has its declared columns",
        "blocking",
        declared == actual,
        observed,
        f"{len(declared)} columns",
    )


def _batch(metric: Metric, found: dict[str, str], schema: str, present: dict[str, dict[str, str]]) -> Batch:
    """Everything Great Expectations is asked about a mart."""
    suite = SUITES.get(metric.table, MartSuite(metric.table))
    checks = [*_grain(metric, found), *_finite(metric, found)]
    checks += [row_check(rule) for rule in suite.rules]
    checks += [_sums(sums, schema) for sums in suite.sums if sums.to in present]
    return Batch(metric.table, checks)


def _grain(metric: Metric, found: dict[str, str]) -> list[Check]:
    """That the grain is given and unique; a mart without a grain has one row at most."""
    key = [*(("as_of",) if "as_of" in found else ()), *metric.grain]
    if not key:
        one = Expected("expect_table_row_count_to_be_between", {"max_value": 1})
        return [Check("it has one row", "blocking", one, "rows", "1 at most")]
    empty = " OR ".join(f"{column} IS NULL" for column in key)
    given = no_rows(f"SELECT 1 AS failing FROM {{batch}} WHERE {empty}")
    return [unique(key), Check(f"{', '.join(key)} is given", "blocking", given)]


def _finite(metric: Metric, found: dict[str, str]) -> list[Check]:
    """That no float is NaN or infinite: what cannot be computed is null."""
    floats = [column for column in metric.columns if found[column] in ("DOUBLE", "FLOAT")]
    if not floats:
        return []
    wild = " OR ".join(f"NOT isfinite({column})" for column in floats)
    return [Check("ratios are finite or null", "blocking", no_rows(f"SELECT 1 AS failing FROM {{batch}} WHERE {wild}"))]


def _sums(sums: Sums, schema: str) -> Check:
    """That this mart's rows sum exactly to those of the mart they contribute to."""
    part = _grouped(sums, "{batch}", sums.here, sums.on, sums.columns)
    itself = {column: column for column in sums.columns}
    whole = _grouped(sums, f"{schema}.{sums.to}", sums.where, {column: column for column in sums.on}, itself)
    same = [f"part.{column} IS NOT DISTINCT FROM whole.{column}" for column in sums.on]
    differs = "coalesce(part.{0}, 0) <> coalesce(whole.{0}, 0)"
    if sums.nulls_spread:
        differs = "part.{0} IS DISTINCT FROM whole.{0}"
    query = (
        f"SELECT 1 AS failing FROM ({part}) part FULL JOIN ({whole}) whole "
        f"ON {' AND '.join(['part.whole_key = whole.whole_key', *same])} "
        f"WHERE {' OR '.join(differs.format(column) for column in sums.columns)}"
    )
    words = f"its rows sum to {sums.to} by {', '.join(sums.on) or 'all'} where {sums.where}"
    return Check(words.removesuffix(" where true"), "blocking", no_rows(query))


def _grouped(sums: Sums, table: str, where: str, on: Mapping[str, str], columns: Mapping[str, str]) -> str:
    """A query for one side: the columns of `to`, summed. The constant key makes a sum over everything a group too."""
    total = "CASE WHEN count(*) = count({0}) THEN sum({0}) END" if sums.nulls_spread else "sum({0})"
    selected = [f"{source} AS {name}" for name, source in on.items()]
    selected += [f"{total.format(source)} AS {name}" for name, source in columns.items()]
    keys = ", ".join(["1", *on.values()])
    return f"SELECT 1 AS whole_key, {', '.join(selected)} FROM {table} WHERE {where} GROUP BY {keys}"
