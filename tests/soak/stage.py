"""Installations as they stand before a round, and what runs that nobody disturbs make of them; each is made once."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import psycopg

from sandbox.faults import SOURCES
from sandbox.tables import OWNER
from sandbox.world import World
from tests.conftest import new_database
from tests.flows.conftest import OCTOBER, QUICK, TODAY, Installation, installation
from tests.flows.sameness import Marts, read
from tests.flows.switches import LASTING
from tests.soak.aims import Life, counts
from tests.soak.command import begin, finish
from tests.soak.plan import Dialect, Phase


@dataclass(frozen=True)
class Kept:
    """An installation between two runs, of which copies are taken; one that has never run has no home yet."""

    home: Path
    url: str


@dataclass(frozen=True)
class Undisturbed:
    """A run that was left alone: how much happened in it, and the marts after it (none without a publish)."""

    life: Life
    marts: Marts


@dataclass
class Stage:
    """Everything that rounds on one warehouse start from and are compared with."""

    world: World
    prefect: str  # the address of the Prefect server
    folder: Path
    server: str = ""  # PostgreSQL's address; empty is DuckDB
    known: dict[tuple[str, ...], Undisturbed] = field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        return "postgresql" if self.server else "duckdb"

    @cached_property
    def empty(self) -> Kept:
        return Kept(self.folder / "empty" / "home", new_database(self.server) if self.server else "")

    @cached_property
    def october(self) -> Kept:
        return self._made(self.empty, OCTOBER[0], night(OCTOBER[1]))

    @cached_property
    def pulled(self) -> Kept:
        """October's night, and today's pulls."""
        return self._made(self.october, TODAY[0], *(("ingest", source) for source in (*SOURCES, OWNER)))

    def before(self, phase: Phase) -> Kept:
        """What a round starts from."""
        if phase == "first night":
            return self.empty
        return self.pulled if phase == "publish" else self.october

    def undisturbed(self, phase: Phase, source: str = "", lasting: str = "") -> Undisturbed:
        """What a phase's run is and leaves when nobody kills it, under a fault that lasts if it is a bad night's."""
        arguments = command(phase, source)
        asked = (phase, *arguments, lasting)
        if asked not in self.known:
            with self.copy(self.before(phase)) as baton:
                baton.sandbox.set_faults(*LASTING.get(lasting, ()))
                life = measured(baton, self.prefect, TODAY[0], *arguments, is_good=not lasting)
                self.known[asked] = Undisturbed(life, read(baton.warehouse))
        return self.known[asked]

    @contextmanager
    def copy(self, kept: Kept) -> Iterator[Installation]:
        """A copy to run in, with a sandbox of its own; gone afterwards."""
        mine = self._copied(kept)
        with installation(mine.home, self.world, mine.url, QUICK) as baton:
            yield baton
        shutil.rmtree(mine.home.parent)
        if mine.url:
            self._tell_server(f"DROP DATABASE {_name(mine.url)} WITH (FORCE)")

    def _made(self, kept: Kept, clock: datetime, *commands: tuple[str, ...]) -> Kept:
        mine = self._copied(kept)
        with installation(mine.home, self.world, mine.url, QUICK) as baton:
            for one in commands:
                measured(baton, self.prefect, clock, *one)
        return mine

    def _copied(self, kept: Kept) -> Kept:
        home, url = self.folder / uuid4().hex[:8] / "home", ""
        home.parent.mkdir(parents=True)
        if kept.home.exists():
            shutil.copytree(kept.home, home)
        if kept.url:
            name = f"t{uuid4().hex[:12]}"
            self._tell_server(f"CREATE DATABASE {name} TEMPLATE {_name(kept.url)}")
            url = kept.url.replace(f"/{_name(kept.url)}?", f"/{name}?")
        return Kept(home, url)

    def _tell_server(self, sql: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql)


def _name(url: str) -> str:
    """The database that a warehouse URL names."""
    return url.split("?")[0].rsplit("/", 1)[1]


def night(day: date) -> tuple[str, ...]:
    return ("nightly", "--as-of", day.isoformat())


def command(phase: Phase, source: str = "") -> tuple[str, ...]:
    """What is run, and killed, in a phase."""
    today = TODAY[1].isoformat()
    return {"ingest": ("ingest", source), "publish": ("publish", "--as-of", today)}.get(phase, night(TODAY[1]))


def measured(baton: Installation, prefect: str, clock: datetime, *arguments: str, is_good: bool = True) -> Life:
    """Run a command undisturbed; how much happened in it.

    Raises:
        RuntimeError: it failed and should be good, or the other way round; nothing can be compared with it.
    """
    before, spent = counts(baton), 0.0
    run = begin(baton, prefect, clock, *arguments)
    while run.is_at_work:
        spent = max(spent, run.cpu_seconds)
        time.sleep(0.05)
    said = finish(run)
    if (run.process.returncode == 0) != is_good:
        raise RuntimeError(f"baton run {' '.join(arguments)}, undisturbed, ended so: {said[-2000:]}")
    return {"cpu": spent, **{event: count - before[event] for event, count in counts(baton).items()}}
