"""`baton up` for real: deployments, automations and a worker; a failing night pages once, a good one takes it back."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from cli.processes import free_port
from config.policy import ROOT
from tasks.alerts.alert import fingerprint
from tasks.alerts.run_health import alert
from tests.ports import any_port

NIGHT = fingerprint("local", alert("run_failed", "nightly", "", None))
OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass
class Installation:
    """What `baton up` started: its API and the pretend company's switches."""

    home: Path
    port: int

    def baton(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a person would, in a fresh environment."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BATON_"))}
        command = [sys.executable, "-c", "from cli.main import main; main()", *arguments]
        environment = kept | {"BATON_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
        )

    def api(self, path: str, **body: Any) -> Any:
        """Ask the Prefect server: POST with a body, else GET; again after a 503, as Prefect's own client does.

        The server answers 503 while another of its writers holds its SQLite file.
        """
        with requests.Session() as session:
            busy = Retry(total=5, backoff_factor=0.5, status_forcelist=[503], allowed_methods=None)
            session.mount("http://", HTTPAdapter(max_retries=busy))
            address = f"http://127.0.0.1:{self.port}/api/{path}"
            answer = session.post(address, json=body, timeout=30) if body else session.get(address, timeout=30)
            answer.raise_for_status()
            return answer.json()

    @property
    def sandbox(self) -> dict[str, str]:
        """The environment that points Baton at the pretend company."""
        lines = (self.home / "run" / "sandbox.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    @property
    def switches(self) -> str:
        ready = (self.home / "run" / "sandbox.log").read_text()
        return ready.split("control=")[1].split()[0]

    def night(self) -> dict[str, Any]:
        """A nightly run scheduled a few seconds ahead, as the worker ended it."""
        deployment = self.api("deployments/name/nightly/nightly")["id"]
        at = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": at}}
        run = self.api(f"deployments/{deployment}/create_flow_run", state=state)["id"]
        until(lambda: self.api(f"flow_runs/{run}")["state_type"] in OVER, 240)
        return dict(self.api(f"flow_runs/{run}"))

    @contextmanager
    def without_tables(self) -> Iterator[None]:
        """The files of the company's own tables are out of the way."""
        folder = Path(self.sandbox["BATON_SOURCES__TABLES__FOLDER"])
        away = folder.rename(folder.with_name("away"))
        try:
            yield
        finally:
            away.rename(folder)

    def pagerduty(self) -> dict[str, Any]:
        return dict(requests.get(f"{self.switches}/pagerduty", timeout=10).json())


def until(is_so: Callable[[], Any], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.5)


def processes(home: Path) -> list[str]:
    """The command lines of the processes that were given this state folder (Linux only)."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"BATON_HOME={home}".encode() in environment.read_bytes():
                found.append(environment.with_name("cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    port = any_port()
    started = Installation(tmp_path_factory.mktemp("up"), port)
    done = started.baton("up", "--port", str(port), "--accounts", "20")
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"http://127.0.0.1:{port}" in done.stdout
        yield started
    finally:
        started.baton("down")


def test_every_deployment_is_there_and_a_worker_is_online(up: Installation):
    declared = {one["name"] for one in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]}
    assert {one["name"] for one in up.api("deployments/filter", limit=50)} == declared
    until(lambda: [one["status"] for one in up.api("work_pools/baton/workers/filter", limit=5)] == ["ONLINE"], 30)


def test_the_schedule_puts_nights_ahead(up: Installation):
    def nights() -> list[Any]:
        wanted = {"name": {"any_": ["nightly"]}}
        return list(
            up.api("flow_runs/filter", deployments=wanted, flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}})
        )

    until(nights, 60)
    assert all(run["auto_scheduled"] for run in nights())


def test_automations_are_registered_once_and_watch_the_silence(up: Installation):
    again = subprocess.run(
        [sys.executable, "-m", "config.automations"],
        env=os.environ | up.sandbox
        | {"PREFECT_API_URL": f"http://127.0.0.1:{up.port}/api", "PREFECT_HOME": str(up.home)},
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    declared = {one["name"]: one for one in yaml.safe_load((ROOT / "config" / "automations.yaml").read_text())}
    assert again.stdout.count(": updated") == len(declared)
    found = up.api("automations/filter", limit=50)
    assert sorted(one["name"] for one in found) == sorted(declared)
    trigger = {one["name"]: one["trigger"] for one in found if one["enabled"]}
    silences = {"baton-nightly-missing": 26 * 3600, "baton-run-stuck": 1800, "baton-run-lost": 540}
    for name, seconds in silences.items():
        assert (trigger[name]["posture"], trigger[name]["within"]) == ("Proactive", seconds)
    assert trigger["baton-nightly-missing"]["expect"] == ["prefect.flow-run.Completed"]
    assert trigger["baton-run-stuck"]["after"] == ["prefect.flow-run.Pending"]
    assert trigger["baton-run-late"]["expect"] == ["prefect.flow-run.Late"]


def test_a_failing_night_pages_once_and_a_good_one_takes_it_back(up: Installation):
    for vendor in ("salesforce", "kantata"):
        fault = {"name": "denied_scope", "vendor": vendor}
        requests.post(f"{up.switches}/faults", json=fault, timeout=10).raise_for_status()
    with up.without_tables():
        failed = up.night()
    assert (failed["state_name"], failed["name"]) == ("Failed", "nightly-2026-11-20")
    assert "BATON_SOURCES__SALESFORCE__CLIENT_ID" in failed["state"]["message"]
    until(lambda: up.pagerduty()["incidents"], 10)
    (incident,) = up.pagerduty()["incidents"]
    assert (incident["dedup_key"], incident["status"]) == (NIGHT, "triggered")
    assert [event["event_action"] for event in up.pagerduty()["events"]] == ["trigger"]

    requests.delete(f"{up.switches}/faults", timeout=10).raise_for_status()
    good = up.night()
    assert good["state_name"] == "Completed", good["state"]["message"]
    until(lambda: up.pagerduty()["incidents"][0]["status"] == "resolved", 10)
    (incident,) = up.pagerduty()["incidents"]
    assert incident["triggers"] == 1
    said = requests.get(f"{up.switches}/slack", timeout=10).json()
    assert any(message["text"] == "nightly Failed" or "nightly failed" in message["text"] for message in said)


def test_a_second_up_is_refused(up: Installation):
    done = up.baton("up", "--port", str(up.port))
    assert done.returncode == 1
    assert done.stderr.strip() == "baton: worker, server, sandbox runs already: stop it with `baton down` first."


def test_down_leaves_no_process(up: Installation):
    assert "worker, server, sandbox" in up.baton("down").stdout
    assert processes(up.home) == []
    assert free_port(up.port)
