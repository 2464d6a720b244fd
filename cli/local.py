"""`baton up` and `baton down`: a Prefect server, the deployments, the automations and a worker, all on loopback."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import requests
import typer
from pydantic import SecretStr

from cli.processes import free_port, running, start, state_folder, stop
from cli.quiet import TERMINAL
from config.policy import ROOT
from tasks.errors import BatonError

BIN = Path(sys.executable).parent
POOL = "baton"


def up(
    port: Annotated[int, typer.Option(help="The Prefect server's port.")] = 4200,
    accounts: Annotated[int, typer.Option(min=20, help="How many customers the pretend company has.")] = 200,
) -> None:
    """Start everything on this machine; without credentials, against the pretend company."""
    if names := running():
        raise BatonError(f"{', '.join(names)} runs already: stop it with `baton down` first.")
    if not free_port(port):
        raise BatonError(f"port {port} is taken: stop what uses it, or choose another with `baton up --port`.")
    try:
        _up(port, accounts)
    except BaseException:
        stop()
        raise


def down() -> None:
    """Stop what `up` started; state stays."""
    typer.echo(f"stopped: {', '.join(stop()) or 'nothing was running'}")


def _up(port: int, accounts: int) -> None:
    from cli.ready import ready

    settings, *_ = ready()
    environment = _environment(port)
    if not _has_credentials(settings):
        environment |= _sandbox(environment, accounts)
        typer.echo("no credentials are set: pointed at the pretend company (sandbox/)")
    server = [BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    start("server", server, environment)
    _wait(f"{environment['PREFECT_API_URL']}/health")
    _finish([BIN / "prefect", "work-pool", "create", POOL, "--type", "process", "--overwrite"], environment)
    _finish([BIN / "prefect", "--no-prompt", "deploy", "--all"], environment)
    if any(environment.get(name) for name in ("BATON_SLACK_WEBHOOK_URL", "BATON_PAGERDUTY__ROUTING_KEY")):
        _finish([sys.executable, "-m", "config.automations"], environment)
    else:
        typer.echo("nobody is told when a run fails: set BATON_SLACK_WEBHOOK_URL or BATON_PAGERDUTY__ROUTING_KEY")
    start("worker", [BIN / "prefect", "worker", "start", "--pool", POOL, "--type", "process"], environment)
    typer.echo(f"Prefect UI: http://127.0.0.1:{port}   logs: {state_folder()}/*.log   stop: make down")


def _environment(port: int) -> dict[str, str]:
    """What the server, the worker and its runs see; their logs are whole, unlike the terminal's."""
    kept = {name: value for name, value in os.environ.items() if name not in TERMINAL}
    return kept | {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_UI_URL": f"http://127.0.0.1:{port}",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",  # seconds that SQLite's writers wait for each other; 10 is too short
        "BATON_ROOT": str(ROOT),
        "BATON_HOME": str(state_folder().parent),  # absolute: a run starts in a folder of its own
    }


def _has_credentials(settings: object) -> bool:
    return any(
        value.get_secret_value() if isinstance(value, SecretStr) else name == "private_key_file" and value
        for source in settings.sources.values()  # type: ignore[attr-defined]
        for name, value in source
    )


def _sandbox(environment: dict[str, str], accounts: int) -> dict[str, str]:
    """Start the pretend company at the demo's today; the variables that point Baton at it.

    Its lake is not the demo's, whose first pull is of an earlier day.
    """
    from sandbox.company import DEMO_DAYS

    clock = DEMO_DAYS[-1][0].isoformat()
    file = state_folder() / "sandbox.env"
    file.unlink(missing_ok=True)
    serve = [sys.executable, "-m", "sandbox.serve", "--now", clock, "--accounts", accounts, "--environment-file", file]
    start("sandbox", serve, environment)
    deadline = time.monotonic() + 60
    while not file.exists() or not file.read_text().endswith("\n"):
        if time.monotonic() > deadline or "sandbox" not in running():
            raise BatonError(f"the sandbox did not start: see {state_folder() / 'sandbox.log'}")
        time.sleep(0.2)
    pairs = (line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    home = state_folder().parent / f"up-{accounts}"
    return dict(pairs) | {"BATON_NOW": clock, "BATON_HOME": str(home)}


def _finish(command: list, environment: dict[str, str]) -> None:  # type: ignore[type-arg]
    done = subprocess.run(
        list(map(str, command)), env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BatonError(f"`{' '.join(map(str, command[1:]))}` failed: {(done.stderr or done.stdout).strip()[-800:]}")


def _wait(url: str, seconds: int = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and "server" in running():
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.5)
    raise BatonError(f"the Prefect server did not start: see {state_folder() / 'server.log'}")
