"""The command line, in this process or in one of its own, in front of a small pretend company."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from config.policy import ROOT, policy
from config.settings import settings
from sandbox.company import DEMO_DAYS, build
from sandbox.serve import CLIENT_SECRET, ROUTING_KEY, SLACK_TOKEN, TOKEN, Sandbox, running
from tasks.alerts.routing import routing
from tasks.sources.fieldmap import field_map

SMALLEST = 20
WRONG = "a-secret-that-is-wrong"
SECRETS = (CLIENT_SECRET, TOKEN, ROUTING_KEY, SLACK_TOKEN, WRONG)


def forget() -> None:
    """What is read once in a process is read again."""
    for read_once in (settings, policy, routing, field_map):
        read_once.cache_clear()


@pytest.fixture(scope="session")
def servers() -> Iterator[Sandbox]:
    with running(build(SMALLEST)[0], DEMO_DAYS[-1][0]) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(servers: Sandbox) -> Iterator[Sandbox]:
    yield servers
    servers.set_faults()


@pytest.fixture
def environment(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """What points Baton at the pretend company, with state of its own."""
    own = {"BATON_HOME": str(tmp_path / "home"), "BATON_NOW": DEMO_DAYS[-1][0].isoformat()}
    return sandbox.environment() | own


@pytest.fixture
def baton(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """`baton("doctor", BATON_HOME=…)` runs the command in this process."""

    def call(*arguments: str, **changed: str) -> Result:
        from cli.main import app

        for name, value in (environment | changed).items():
            monkeypatch.setenv(name, value)
        forget()
        result = CliRunner().invoke(app, arguments)
        assert not any(secret in result.output for secret in SECRETS)
        return result

    yield call
    forget()


Ended = subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[str]:
    """A Prefect server for the commands of `shell`: each would start one of its own else, for ten seconds."""
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield str(PREFECT_API_URL.value())


@pytest.fixture
def shell(environment: dict[str, str], prefect_api: str) -> Callable[..., Ended]:
    """`shell("run", "nightly", BATON_HOME=…)` runs the command as a person would, in a process of its own."""

    def call(*arguments: str, root: Path = ROOT, **changed: str) -> Ended:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BATON_"))}
        command = [sys.executable, "-c", "from cli.main import main; main()", *arguments]
        done = subprocess.run(
            command,
            env=kept | {"PYTHONPATH": str(root), "PREFECT_API_URL": prefect_api} | environment | changed,
            cwd=root, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert "Traceback" not in said, said
        assert not any(secret in said for secret in SECRETS)
        return done

    return call
