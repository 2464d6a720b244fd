"""The Spark environment: what stands in it lives together, and what is missing is named."""

import os
import subprocess
import sys


def test_great_expectations_lives_beside_pyspark():
    """Beside a pyspark without grpc it ends the process, in silence and with code 0."""
    lines = "import pyspark, tasks.checks.judge\nprint('still here')"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1:] == ["still here"]


def test_without_java_the_message_names_it(tmp_path):
    lines = (
        "from config.settings import Settings\nfrom tasks.engines.bench import workbench\n"
        f"with workbench(Settings(home={str(tmp_path)!r}, engine='spark')): pass"
    )
    without = {**os.environ, "JAVA_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, env=without)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("tasks.errors.ConfigError: spark_url gives no session")
    assert "Java 17" in done.stderr
