"""`baton up` and `baton down`: a Prefect server, the deployments, the automations and a worker, all on loopback."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import requests
import typer

from config.policy import ROOT
from tasks.errors import BatonError

STATE = ROOT / "var" / "run"
BIN = Path(sys.executable).parent
POOL = "baton"


def up(port: Annotated[int, typer.Option(help="The Prefect server's port.")] = 4200) -> None:
    """Start everything on this machine; without credentials, against the pretend company."""
    from config.settings import settings

    STATE.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_UI_URL": f"http://127.0.0.1:{port}",
        "PREFECT_HOME": os.environ.get("PREFECT_HOME", str(ROOT / "var" / "prefect")),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "BATON_ROOT": str(ROOT),
    }
    if not _has_credentials(settings()):
        environment |= _sandbox(environment)
        typer.echo("no credentials are set: pointed at the pretend company (sandbox/)")
    _start("server", [BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)], environment)
    _wait(f"{environment['PREFECT_API_URL']}/health", "the Prefect server", STATE / "server.log")
    pool = [BIN / "prefect", "work-pool", "create", POOL, "--type", "process", "--overwrite"]
    for command in (pool, [BIN / "prefect", "--no-prompt", "deploy", "--all"], [sys.executable, "-m", "config.automations"]):
        _finish(command, environment)
    _start("worker", [BIN / "prefect", "worker", "start", "--pool", POOL, "--type", "process"], environment)
    typer.echo(f"Prefect UI: http://127.0.0.1:{port}   logs: {STATE.relative_to(ROOT)}/*.log   stop: make down")


def down() -> None:
    """Stop what `up` started; state stays."""
    stopped = []
    for file in sorted(STATE.glob("*.pid"), reverse=True):
        pid = int(file.read_text())
        file.unlink()
        try:
            os.killpg(pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
        stopped.append(file.stem)
        _wait_for_end(pid)
    typer.echo(f"stopped: {', '.join(stopped) or 'nothing was running'}")


def _has_credentials(settings: object) -> bool:
    return any(
        secret.get_secret_value()
        for source in settings.sources.values()  # type: ignore[attr-defined]
        for secret in (getattr(source, "client_secret", None), getattr(source, "token", None))
        if secret is not None
    )


def _sandbox(environment: dict[str, str]) -> dict[str, str]:
    """Start the pretend company at the demo's today; the variables that point Baton at it."""
    from sandbox.company import DEMO_DAYS

    clock = DEMO_DAYS[-1][0].isoformat()
    file = STATE / "sandbox.env"
    file.unlink(missing_ok=True)
    serve = [sys.executable, "-m", "sandbox.serve", "--now", clock, "--ports", "0", "0", "0", "0", "--environment-file", file]
    _start("sandbox", serve, environment)
    deadline = time.monotonic() + 60
    while not file.exists():
        if time.monotonic() > deadline:
            raise BatonError(f"the sandbox did not start within 60 s: see {STATE / 'sandbox.log'}")
        time.sleep(0.2)
    pairs = (line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    return dict(pairs) | {"BATON_NOW": clock, "BATON_HOME": str(ROOT / "var" / "demo")}


def _start(name: str, command: list, environment: dict[str, str]) -> None:  # type: ignore[type-arg]
    file = STATE / f"{name}.pid"
    if file.exists() and _is_alive(int(file.read_text())):
        raise BatonError(f"{name} runs already: stop it with `baton down` first.")
    with (STATE / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            list(map(str, command)), env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
    file.write_text(str(process.pid))


def _finish(command: list, environment: dict[str, str]) -> None:  # type: ignore[type-arg]
    done = subprocess.run(list(map(str, command)), env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BatonError(f"`{' '.join(map(str, command[1:]))}` failed: {(done.stderr or done.stdout).strip()[-800:]}")


def _wait(url: str, what: str, log: Path, seconds: int = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise BatonError(f"{what} did not answer within {seconds} s: see {log}")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_for_end(pid: int, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while _is_alive(pid) and time.monotonic() < deadline:
        try:
            os.waitpid(pid, os.WNOHANG)     # when it is our own child
        except ChildProcessError:
            pass
        time.sleep(0.1)
    if _is_alive(pid):
        os.killpg(pid, signal.SIGKILL)
