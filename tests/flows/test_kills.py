"""A night that is killed and started again gives the same warehouse as one that was left alone.

Each kill is a SIGKILL of the whole process group of a real `baton run nightly`, at a seeded moment of its life.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL

from tests.conftest import new_database
from tests.flows.conftest import OCTOBER, QUICK, TODAY, Installation, installation
from tests.flows.sameness import Marts, same, without

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261120
LONGEST = 300  # seconds a night may take here
STARTING = 0.2  # the share of a night's life in which Python is only importing


@dataclass(frozen=True)
class Night:
    """A night under way, and the file that it talks to: a full pipe would hold it up."""

    process: subprocess.Popen
    log: Path


def begin(baton: Installation) -> Night:
    """Start today's night as a process group of its own, as a person would."""
    clock, as_of = TODAY
    baton.sandbox.set_clock(clock)
    environment = os.environ | baton.environment(clock) | {"PREFECT_API_URL": PREFECT_API_URL.value()}
    command = [str(Path(sys.executable).with_name("baton")), "run", "nightly", "--as-of", as_of.isoformat()]
    log = baton.home.parent / f"night-{uuid4().hex[:8]}.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True, stdout=said, stderr=subprocess.STDOUT
        )
    return Night(process, log)


def finish(night: Night) -> str:
    """Wait for its end; what it said."""
    try:
        night.process.wait(timeout=LONGEST)
    finally:
        kill(night)
    return night.log.read_text()


def kill(night: Night) -> bool:
    """SIGKILL the process group; whether it was still at work."""
    if night.process.poll() is not None:
        return False
    os.killpg(night.process.pid, signal.SIGKILL)
    night.process.wait()
    return True


@dataclass(frozen=True)
class Started:
    """October's night on one dialect, and what today's makes of it when it is left alone."""

    copy: Callable[[], tuple[Path, str]]  # a home and a warehouse URL of its own, as October's night left them
    marts: Marts
    seconds: float


def timed(baton: Installation) -> float:
    """Run today's night undisturbed; how long it took."""
    began = time.monotonic()
    night = begin(baton)
    said = finish(night)
    assert night.process.returncode == 0, said[-2000:]
    return time.monotonic() - began


@pytest.fixture(scope="session")
def on_duckdb(undisturbed, paged_company, tmp_path_factory) -> Started:
    def copy() -> tuple[Path, str]:
        return Path(shutil.copytree(undisturbed.after_october, tmp_path_factory.mktemp("duckdb") / "home")), ""

    with installation(copy()[0], paged_company, more=QUICK) as baton:
        seconds = timed(baton)
        same(baton.marts(), undisturbed.today)
    return Started(copy, undisturbed.today, seconds)


@pytest.fixture(scope="session")
def on_postgresql(undisturbed, postgresql_url: str, paged_company, tmp_path_factory) -> Started:
    kept, october = tmp_path_factory.mktemp("october") / "home", new_database(postgresql_url)
    with installation(kept, paged_company, october, QUICK) as baton:
        assert baton.night(*OCTOBER).is_completed()

    def copy() -> tuple[Path, str]:
        home, url = tmp_path_factory.mktemp("postgresql") / "home", copied_database(postgresql_url, october)
        return Path(shutil.copytree(kept, home)), url

    home, url = copy()
    with installation(home, paged_company, url, QUICK) as baton:
        seconds = timed(baton)
        marts = baton.marts()
    same(marts, undisturbed.today)  # the dialect changes no number either
    return Started(copy, marts, seconds)


def copied_database(server: str, url: str) -> str:
    """A copy of a database, as a warehouse URL."""
    name = url.split("?")[0].rsplit("/", 1)[1]
    copy = f"t{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
    return url.replace(f"/{name}?", f"/{copy}?")


@pytest.fixture
def between_nights(request: pytest.FixtureRequest, paged_company) -> Iterator[tuple[Started, Installation]]:
    """The dialect that the test names, with October's night behind it."""
    started: Started = request.getfixturevalue(request.param)
    home, url = started.copy()
    with installation(home, paged_company, url, QUICK) as baton:
        yield started, baton


def killed(baton: Installation, seconds: float, part: int, parts: int) -> None:
    """Start a night and kill it in one part of its life; `seconds` is how long that life would be."""
    chance = random.Random(f"{SEED} {part} {parts}").random()
    moment = seconds * (STARTING + (1 - STARTING) * (part + chance) / parts)
    while True:
        night = begin(baton)
        time.sleep(moment)
        was_at_work = kill(night)
        print(f"seed {SEED}: killed after {moment:.1f} s of about {seconds:.1f}: {was_at_work}")
        if was_at_work:
            return
        moment *= 0.7  # the machine was quicker than when the night was timed; another night does no harm


ON_DUCKDB, ON_POSTGRESQL = [(part, 3) for part in range(3)], [(part, 3) for part in range(3)]


@pytest.mark.parametrize(
    ("between_nights", "part", "parts"),
    [("on_duckdb", *one) for one in ON_DUCKDB] + [("on_postgresql", *one) for one in ON_POSTGRESQL],
    indirect=["between_nights"],
)
def test_a_killed_night_started_again(between_nights, part: int, parts: int):
    started, baton = between_nights
    killed(baton, started.seconds, part, parts)
    timed(baton)
    same(baton.marts(), started.marts)


def test_an_installation_killed_in_its_first_night(undisturbed, on_duckdb, fresh):
    killed(fresh, on_duckdb.seconds, 1, 2)
    timed(fresh)
    same(fresh.marts(), undisturbed.today_alone)


@pytest.mark.parametrize("between_nights", ["on_duckdb", "on_postgresql"], indirect=True)
def test_two_nights_at_once(between_nights):
    """They may disturb each other, but not the warehouse; whoever gives up says why and what to do."""
    started, baton = between_nights
    both = [begin(baton), begin(baton)]
    said = [finish(night) for night in both]
    for night, text in zip(both, said, strict=True):
        assert night.process.returncode == 0 or ("run again" in text and "Traceback" not in text), text[-3000:]
    same(without(baton.marts(), "alert_state"), without(started.marts, "alert_state"))
