"""The servers start, stop, move their clock, and tell Baton where they are."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from config.settings import Settings
from sandbox.serve import running
from sandbox.world import World

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)


def test_the_servers_stop_with_the_block_even_while_an_answer_is_late() -> None:
    with running(World(), NOW, faults=["timeout:seconds=30"]) as sandbox, pytest.raises(requests.ReadTimeout):
        requests.get(f"{sandbox.kantata_url}/workspaces", timeout=0.1)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{sandbox.control_url}/health", timeout=1)


def test_a_taken_port_is_an_error() -> None:
    with running(World(), NOW) as sandbox:
        port = int(sandbox.control_url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="in use"), running(World(), NOW, ports=(0, 0, 0, port)):
            pass


def test_a_clock_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC offset"), running(World(), NOW.replace(tzinfo=None)):
        pass


def test_the_clock_moves_over_http() -> None:
    with running(World(), NOW) as sandbox:
        url = f"{sandbox.control_url}/clock"
        assert requests.get(url, timeout=10).json() == {"now": "2026-09-01T05:00:00+00:00"}
        assert (
            requests.post(url, json={"now": "2026-10-01T06:00:00+01:00"}, timeout=10).json()["now"]
            == "2026-10-01T05:00:00+00:00"
        )
        assert sandbox.clock.now == datetime(2026, 10, 1, 5, tzinfo=UTC)
        for wrong in ({"now": "tomorrow"}, {"now": "2026-10-01T05:00:00"}, {}, []):
            assert requests.post(url, json=wrong, timeout=10).status_code == 400
        assert requests.get(f"{sandbox.control_url}/health", timeout=10).json()["status"] == "ok"


def test_the_environment_points_batons_settings_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(World(), NOW) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        settings = Settings()
        assert settings.sources["salesforce"].url == sandbox.salesforce_url
        assert settings.sources["kantata"].token.get_secret_value() == sandbox.token
        assert settings.pagerduty.url == sandbox.pagerduty_url
        assert len(settings.pagerduty.routing_key.get_secret_value()) == 32
        assert settings.slack_webhook_url.get_secret_value() == sandbox.slack_url


FOREGROUND = """
import sys, types
from sandbox.world import World
sys.modules["sandbox.company"] = types.SimpleNamespace(build=lambda accounts, seed: (World(), None))
from sandbox.serve import main
main(sys.argv[1:])
"""


def test_in_the_foreground_it_says_ready_and_stops_on_sigterm(tmp_path: Path) -> None:
    written = tmp_path / "sandbox.env"
    command = [
        sys.executable,
        "-W",
        "error",
        "-c",
        FOREGROUND,
        "--now",
        "2026-09-01T05:00:00Z",
        "--fault",
        "server_error",
        "--environment-file",
        str(written),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        addresses = dict(word.split("=", 1) for word in words[1:])
        status = requests.get(addresses["kantata"] + "/workspaces", timeout=10).status_code
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=20)
    assert words[0] == "ready"
    assert status == 503
    assert f"BATON_SOURCES__KANTATA__URL={addresses['kantata']}\n" in written.read_text()
    assert (process.returncode, complaints) == (0, "")
