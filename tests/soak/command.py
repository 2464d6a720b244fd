"""A real `baton run …` as a process group of its own, started as a person would and killed as a machine does."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psutil

from config.settings import ROOT
from tests.flows.conftest import Installation

LONGEST = 600  # seconds that a run may take here


@dataclass(frozen=True)
class Command:
    """A run under way, and the file that it talks to: a full pipe would hold it up."""

    process: psutil.Popen
    log: Path

    @property
    def is_at_work(self) -> bool:
        return self.process.poll() is None

    @property
    def cpu_seconds(self) -> float:
        """What it has used so far: unlike the clock's seconds, these do not depend on what else the machine does."""
        try:
            spent = self.process.cpu_times()
        except psutil.Error:  # it has just ended
            return 0.0
        return float(spent.user + spent.system)


def begin(baton: Installation, prefect: str, clock: datetime, *arguments: str) -> Command:
    """Start `baton run` with these arguments at an instant; `prefect` is the address of the server."""
    baton.sandbox.set_clock(clock)
    environment = os.environ | baton.environment(clock) | {"PREFECT_API_URL": prefect}
    log = baton.home.parent / f"run-{uuid4().hex[:8]}.log"
    with log.open("w") as said:
        process = psutil.Popen(
            [str(Path(sys.executable).with_name("baton")), "run", *arguments],
            cwd=ROOT, env=environment, start_new_session=True, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    return Command(process, log)


def finish(command: Command) -> str:
    """Wait for its end; what it said."""
    try:
        command.process.wait(timeout=LONGEST)
    finally:
        kill(command)
    return command.log.read_text()


def kill(command: Command) -> bool:
    """SIGKILL the process group; whether it was still at work."""
    if not command.is_at_work:
        return False
    os.killpg(command.process.pid, signal.SIGKILL)
    command.process.wait()
    return True
