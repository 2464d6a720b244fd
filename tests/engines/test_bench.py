"""The engine that the settings name is the one that a run gets."""

import sys

import pytest
from duckdb import DuckDBPyConnection

from config.settings import Settings
from tasks.engines.bench import workbench
from tasks.errors import ConfigError


def test_duckdb_is_the_engine_unless_told(tmp_path):
    with workbench(Settings(home=tmp_path)) as bench:
        assert isinstance(bench, DuckDBPyConnection)


def test_spark_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "tasks.engines.session", raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with (
        pytest.raises(ConfigError, match=r"pyspark\S* is not installed: install requirements-spark.lock"),
        workbench(Settings(home=tmp_path, engine="spark")),
    ):
        pass
