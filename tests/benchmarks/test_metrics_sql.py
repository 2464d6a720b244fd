"""Every hand-written query gives the rows of its metric, over the clean core of the pretend company."""

import re

import pytest

from benchmarks.metrics import SQL, by_hand, compared, differing, group, query_of
from config.policy import policy
from tasks.metrics.catalogue import METRICS, STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tests.pulled import AS_OF, clean_core

each_written = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.table)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """A measured company that closed two months: one as known now, one by numbers that have changed since."""
    with clean_core(tmp_path_factory.mktemp("benchmarks")) as connection:
        measure(connection, STEPS_AND_METRICS, policy(), as_of=AS_OF)
        connection.execute(
            """
            INSERT INTO core.finalised_mrr BY NAME
            SELECT month || account_id AS finalised_id, month, account_id,
                   closing_minor + CASE WHEN month = '2026-07-01' THEN 100 * (row_number() OVER () % 3) ELSE 0 END
                       AS closing_minor
            FROM mart.mrr_account WHERE month IN ('2026-03-01', '2026-07-01')
            """
        )
        measure(connection, STEPS_AND_METRICS, policy(), as_of=AS_OF)
        yield connection


@each_written
def test_equal_rows(bench, metric):
    by_hand(bench, metric, policy(), as_of=AS_OF)
    assert bench.table(f"by_hand.{metric.table}").count("*").fetchall()[0][0] > 0
    assert differing(bench, metric) == 0


@each_written
def test_reads_core_and_earlier_marts_only(metric):
    earlier = {other.table for other in METRICS[: METRICS.index(metric)]}
    assert set(re.findall(r"\bmart\.(\w+)", query_of(metric))) <= earlier


@each_written
def test_one_changed_value_is_seen(bench, metric):
    by_hand(bench, metric, policy(), as_of=AS_OF)
    for column, kind, *_ in bench.sql(f"DESCRIBE by_hand.{metric.table}").fetchall():
        if kind in {"BIGINT", "DOUBLE"}:
            bench.execute(f"CREATE OR REPLACE TABLE kept AS FROM by_hand.{metric.table}")
            bench.execute(f"UPDATE by_hand.{metric.table} SET {column} = {column} * 1.001 + 1")
            assert differing(bench, metric) > 0, column
            bench.execute(f"CREATE OR REPLACE TABLE by_hand.{metric.table} AS FROM kept")


def test_every_query_is_of_a_metric():
    assert {path.stem for path in SQL.glob("*.sql")} == {metric.table for metric in METRICS}


def test_every_step_is_timed_with_one_metric():
    timed = [step.table for metric in METRICS for step in group(metric)]
    assert sorted(timed) == sorted(step.table for step in STEPS_AND_METRICS)


def test_comparisons_name_rows_and_both_times(bench):
    found = list(compared(bench, policy(), as_of=AS_OF, rounds=1))
    assert [one.table for one in found] == [metric.table for metric in METRICS]
    assert all(one.rows > 0 and one.ratio > 0 and one.cpu_ratio > 0 for one in found)
