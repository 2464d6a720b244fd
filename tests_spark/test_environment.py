"""The Spark environment: Great Expectations beside bare pyspark ends the process, in silence and with code 0."""

import subprocess
import sys


def test_great_expectations_lives_beside_pyspark():
    lines = "import pyspark, tasks.checks.judge\nprint('still here')"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1:] == ["still here"]
