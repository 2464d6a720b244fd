"""What the Spark tests share: settings of a small local Spark, and a Prefect server for the flow."""

import os

import pytest
from prefect.testing.utilities import prefect_test_harness

from config.settings import Settings
from tasks.engines.bench import workbench

# Small, for little data: two threads, two partitions, no code is generated and the JVM compiles quickly. Every
# broadcast of a join takes a page, of 64 MB by default.
CONF = {
    "spark.driver.memory": "3g",
    "spark.buffer.pageSize": "1m",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
LOCAL = {"engine": "spark", "spark_url": os.environ.get("SPARK_TEST_URL", "local[2]"), "spark_conf": CONF}


def pytest_configure(config):
    config.addinivalue_line("filterwarnings", "ignore:PySpark does not yet fully support pandas:FutureWarning")
    # The pipe to the JVM, which lives as long as this process.
    config.addinivalue_line(
        "filterwarnings", "ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"
    )


@pytest.fixture(scope="session")
def prefect_server():
    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture
def spark(tmp_path):
    with workbench(Settings(home=tmp_path, **LOCAL)) as bench:
        yield bench
