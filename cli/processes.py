"""The processes that `baton up` started: one id file and one log each, in BATON_HOME/run."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from config.policy import ROOT

MARKS: Mapping[str, str] = {"worker": "worker start", "server": "server start", "sandbox": "sandbox.serve"}


def state_folder() -> Path:
    """Where ids and logs are; not read from the settings, so that `down` works when they are wrong."""
    return Path(os.environ.get("BATON_HOME") or ROOT / "var").resolve() / "run"


def free_port(port: int) -> bool:
    """Whether nobody listens on this port of the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start(name: str, command: Sequence[object], environment: Mapping[str, str]) -> None:
    """Start one in the background, as the leader of its own process group."""
    state_folder().mkdir(parents=True, exist_ok=True)
    with (state_folder() / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            list(map(str, command)), env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
    _file(name).write_text(str(process.pid))
    deadline = time.monotonic() + 2
    while _pid(name) is None and time.monotonic() < deadline:  # a new process has no command line for an instant
        time.sleep(0.02)


def running() -> list[str]:
    """The names of those that run, the last started first."""
    return [name for name in MARKS if _pid(name) is not None]


def stop() -> list[str]:
    """Stop them, the last started first, each with all that it started; their names."""
    stopped = []
    for name in MARKS:
        pid = _pid(name)
        if pid is not None:
            os.killpg(pid, signal.SIGTERM)
            _wait_for_end(name)
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)  # what outlived its leader
            stopped.append(name)
        _file(name).unlink(missing_ok=True)
    return stopped


def _file(name: str) -> Path:
    return state_folder() / f"{name}.pid"


def _pid(name: str) -> int | None:
    """Its process id while it runs; an id that the system gave to some other program since is not ours."""
    try:
        pid = int(_file(name).read_text())
    except (OSError, ValueError):
        return None
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # when it is our own child and has ended
    return pid if MARKS[name] in _command(pid) else None


def _command(pid: int) -> str:
    """The command line of a process, empty when there is none (or only its remains)."""
    file = Path(f"/proc/{pid}/cmdline")
    if file.parent.parent.joinpath("self").exists():
        return file.read_text().replace("\0", " ") if file.exists() else ""
    return subprocess.run(["ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False).stdout


def _wait_for_end(name: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while _pid(name) is not None and time.monotonic() < deadline:
        time.sleep(0.1)
