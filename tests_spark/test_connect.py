"""A Spark Connect server gives what a local Spark gives: the tests of the workbench once more, against a real one."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyspark
import pytest

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


@pytest.fixture
def server():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.ui.enabled": "false",
    }
    told = [part for name, value in conf.items() for part in ("--conf", f"{name}={value}")]
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [str(submit), "--master", "local[2]", "--class", SERVER, *told, "spark-internal"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            await_answer(process, port)
            yield f"sc://127.0.0.1:{port}"
        finally:
            process.terminate()


def await_answer(process, port):
    for _ in range(300):
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(1)
    raise AssertionError("the server did not answer in five minutes")


def test_the_workbench_over_connect(server):
    command = [sys.executable, "-m", "pytest", "-q", "tests_spark/test_spark.py"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "SPARK_TEST_URL": server})
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout and "skipped" not in done.stdout
