"""`BATON_ENGINE=spark`: the real publish flow gives the warehouse that it gives on DuckDB."""

import json

from flows.publish import publish
from sandbox.company import build
from tests.flows.conftest import TODAY, installation
from tests.flows.sameness import same
from tests_spark.conftest import LOCAL

ENVIRONMENT = {
    "BATON_ENGINE": LOCAL["engine"],
    "BATON_SPARK_URL": LOCAL["spark_url"],
    "BATON_SPARK_CONF": json.dumps(LOCAL["spark_conf"]),
}


def test_a_publish_on_spark_gives_the_same_warehouse(prefect_server, tmp_path):
    clock, as_of = TODAY
    company = build(20)[0]
    with installation(tmp_path / "duckdb", company) as baton:
        assert baton.night(clock, as_of).is_completed()
        expected, quarantine = baton.marts(), baton.rows("SELECT count(*) AS rows FROM ops.quarantine")
        lake = str(baton.home / "lake")
    with installation(tmp_path / "spark", company, more={**ENVIRONMENT, "BATON_LAKE_URL": lake}) as baton:
        baton.at(clock)
        state = publish(as_of, return_state=True)
        assert state.is_completed(), state.message
        same(baton.marts(), expected)
        assert baton.rows("SELECT count(*) AS rows FROM ops.quarantine") == quarantine
