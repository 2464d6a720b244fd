"""Great Expectations over tables of the workbench: suites built in code, pushed down as SQL, no value in a result.

Tables are given as tables, not as queries: of a query, Great Expectations reads every row to learn its columns.
"""

import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.rules import Expected, Rule, Severity
from tasks.checks.dialect import URL, engine_arguments
from tasks.checks.verdict import CheckResult
from tasks.engines.bench import Workbench

if TYPE_CHECKING:
    from tasks.engines.spark import SparkWorkbench

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read once, at import
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a dependency imports a deprecated stdlib module
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

SQL, QUERY = "unexpected_rows_expectation", "unexpected_rows_query"
MOST = 1000  # failing rows counted where Great Expectations has no expectation of its own


@dataclass(frozen=True)
class Check:
    """One expectation of a batch, and how its outcome is worded."""

    rule: str
    severity: Severity
    asked: Expected
    unit: str = "rows that do not"  # what is counted
    expected: str = "0 rows that do not"


@dataclass(frozen=True)
class Batch:
    """A table and what is expected of it."""

    table: str
    checks: Sequence[Check]


def row_check(rule: Rule) -> Check:
    """A row rule as a check."""
    asked = rule.expected or no_rows(f"SELECT 1 AS failing FROM {{batch}} WHERE {rule.failing}")
    return Check(rule.name, rule.severity, asked)


def no_rows(query: str) -> Expected:
    """That a query over `{batch}` finds nothing; it should select constants only."""
    return Expected(SQL, {QUERY: f"{query} LIMIT {MOST}"})


def unique(columns: Sequence[str]) -> Check:
    """No two rows agree in all these columns."""
    listed = ", ".join(columns)
    twice = no_rows(f"SELECT 1 AS failing FROM {{batch}} GROUP BY {listed} HAVING count(*) > 1")
    return Check(f"{listed} is unique", "blocking", twice, "that occur twice", "0 that occur twice")


def validate(connection: Workbench, schema: str, batches: Iterable[Batch]) -> tuple[CheckResult, ...]:
    """What Great Expectations finds in a schema's tables, in the order asked.

    `connection` must have no open transaction: its cursors see what is committed.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    sources: Any = context.data_sources  # its methods are made at run time
    if not isinstance(connection, duckdb.DuckDBPyConnection):
        return _validate_on_spark(sources, connection, schema, batches)
    source = sources.add_sql("workbench", connection_string=URL, kwargs=engine_arguments(connection, schema))
    try:
        return tuple(result for batch in batches for result in _run(_table(source, batch), batch))
    finally:
        source.get_engine().dispose()


def _table(source: Any, batch: Batch) -> Any:
    """A DuckDB table, for Great Expectations."""
    return source.add_table_asset(batch.table, table_name=batch.table).add_batch_definition("whole").get_batch()


def _validate_on_spark(
    sources: Any, bench: "SparkWorkbench", schema: str, batches: Iterable[Batch]
) -> tuple[CheckResult, ...]:
    """The same questions, asked where the rows are: by Great Expectations' own Spark engine."""
    source = sources.add_spark("workbench", persist=False)
    results: list[CheckResult] = []
    for batch in batches:
        asset = source.add_dataframe_asset(batch.table).add_batch_definition_whole_dataframe("whole")
        table = asset.get_batch({"dataframe": bench.table(f"{schema}.{batch.table}")})
        results += _run(table, replace(batch, checks=[_for_spark(bench, check) for check in batch.checks]))
    return tuple(results)


def _for_spark(bench: "SparkWorkbench", check: Check) -> Check:
    """The check with its query, if it is one, in Spark's SQL."""
    if check.asked.type != SQL:
        return check
    query = bench.translated(check.asked.arguments[QUERY])
    return replace(check, asked=Expected(SQL, {QUERY: query}))


def _run(table: Any, batch: Batch) -> list[CheckResult]:
    """One batch's results; a rule that could not be evaluated counts as failed."""
    expectations = [_expectation(check, position) for position, check in enumerate(batch.checks)]
    outcome = table.validate(
        gx.ExpectationSuite(name=batch.table, expectations=expectations),
        result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
    )
    found = {result.expectation_config.meta["position"]: result for result in outcome.results}
    return [_result(batch.table, check, found[position]) for position, check in enumerate(batch.checks)]


def _expectation(check: Check, position: int) -> Any:
    """The expectation object; its position tells results apart, which come back in another order."""
    return ExpectationConfiguration(
        type=check.asked.type,
        kwargs=dict(check.asked.arguments),
        meta={"rule": check.rule, "position": position},
        severity=FailureSeverity.CRITICAL if check.severity == "blocking" else FailureSeverity.WARNING,
    ).to_domain_obj()


def _result(suite: str, check: Check, outcome: Any) -> CheckResult:
    """Great Expectations' outcome in our words, without any value of a row."""
    answer = CheckResult(suite, check.rule, check.severity, bool(outcome.success), "", check.expected)
    if not outcome.result:
        return replace(answer, is_ok=False, observed="the rule could not be evaluated")
    found = outcome.result.get("unexpected_count", outcome.result.get("observed_value"))
    more = " or more" if found == MOST and check.asked.type == SQL else ""
    return replace(answer, observed=f"{found}{more} {check.unit}")
