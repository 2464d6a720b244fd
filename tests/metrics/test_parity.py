"""Every metric gives equal rows on DuckDB and on pandas, over the clean core of the pretend company."""

from datetime import date, datetime
from math import isclose

import narwhals as nw
import pandas as pd
import pytest
from pydantic import SecretStr

from config.policy import policy
from config.settings import KantataSource, SalesforceSource, Settings
from sandbox.company import DEMO_DAYS, build
from sandbox.serve import running
from tasks.checks.judge import judge
from tasks.core.conform import conform
from tasks.core.tables import CORE
from tasks.engines.bench import workbench
from tasks.metrics.catalogue import STEPS_AND_METRICS
from tasks.metrics.measure import measure
from tasks.sources.pull import entities, pull

CLOCK, AS_OF = DEMO_DAYS[-1]


def pulled(home, world, clock: datetime) -> Settings:
    """A lake filled over HTTP, without flows."""
    with running(world, clock) as sandbox:
        settings = Settings(
            home=home,
            sources={
                "salesforce": SalesforceSource(
                    vendor="salesforce", url=sandbox.salesforce_url, fields="config/fields/salesforce.yaml",
                    client_id=sandbox.client_id, client_secret=SecretStr(sandbox.client_secret),
                ),
                "kantata": KantataSource(
                    vendor="kantata", url=sandbox.kantata_url, fields="config/fields/kantata.yaml",
                    token=SecretStr(sandbox.token),
                ),
            },
        )  # fmt: skip
        for instance in settings.sources:
            for entity in entities(instance, settings):
                pull(instance, entity, settings=settings, now=clock, run_id="parity")
    return settings


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Per metric its rows on DuckDB and on pandas, each engine building on its own earlier results."""
    settings = pulled(tmp_path_factory.mktemp("parity"), build(20)[0], CLOCK)
    found = {}
    with workbench(settings) as bench:
        conform(bench, settings, policy(), as_of=AS_OF, known_at=CLOCK)
        judge(bench, policy(), {})
        measure(bench, STEPS_AND_METRICS, policy(), as_of=AS_OF)
        frames = {table.name: on_pandas(bench.table(f"core.{table.name}")) for table in CORE}
        for metric in STEPS_AND_METRICS:
            mine = {name: frames[name] for name in metric.inputs}
            frames[metric.table] = metric(mine, policy(), as_of=AS_OF).collect().lazy()
            on_duckdb = bench.table(f"mart.{metric.table}").to_arrow_table().to_pylist()
            found[metric.table] = (on_duckdb, frames[metric.table].collect("pyarrow").to_native().to_pylist())
    return found


def on_pandas(relation) -> nw.LazyFrame:
    return nw.from_native(relation.to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)).lazy()


def same(one, other) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(one, datetime) and isinstance(other, date):
        return one.date() == other
    return one == other


@pytest.mark.parametrize("metric", STEPS_AND_METRICS, ids=lambda metric: metric.table)
def test_equal_rows(both, metric):
    on_duckdb, on_pandas = (
        {tuple(row[name] for name in metric.grain): row for row in rows} for rows in both[metric.table]
    )
    assert on_duckdb.keys() == on_pandas.keys()
    assert len(on_duckdb) == len(both[metric.table][0])
    apart = [
        (key, name, row[name], on_pandas[key][name])
        for key, row in on_duckdb.items() for name in metric.columns
        if not same(row[name], on_pandas[key][name])
    ]  # fmt: skip
    assert apart == []
    assert on_duckdb
