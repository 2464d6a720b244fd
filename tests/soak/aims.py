"""When a run is killed: by the CPU seconds it has used, or by what is seen from outside of what it has just done."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import ceil

import psycopg

from tests.flows.conftest import Installation
from tests.soak.command import Command, kill
from tests.soak.plan import Aim, Event

PUBLISH_LOCK = 7220462  # the advisory lock that a publish holds on PostgreSQL
IMPORTING = 0.2  # the share of a run's CPU seconds in which Python is only importing
AFTERWARDS: Mapping[Event, float] = {"commit": 0.04, "publish": 1.0, "message": 0.1}  # seconds in which to kill
COUNTED: tuple[Event, ...] = ("commit", "message")
Life = Mapping[Event, float]  # how much of each a run has


def seen(baton: Installation, event: Event) -> int:
    """How many of the lake's commits, or of the messages at the channels, there are so far."""
    if event == "commit":
        return sum(1 for _ in (baton.home / "lake").glob("*/*/_delta_log/*.json"))
    return len(baton.sandbox.sinks.messages) + len(baton.sandbox.sinks.events)


def counts(baton: Installation) -> dict[Event, float]:
    """How many of each there are so far."""
    return {event: seen(baton, event) for event in COUNTED}


def strike(baton: Installation, command: Command, aim: Aim, life: Life) -> bool:
    """Kill a run when its moment comes; false if it ended before."""
    with watching(baton, command, aim, life) as has_come:
        while command.is_at_work and not has_come():
            time.sleep(0.01)
    time.sleep(aim.delay * AFTERWARDS.get(aim.event, 0))
    return kill(command)


@contextmanager
def watching(baton: Installation, command: Command, aim: Aim, life: Life) -> Iterator[Callable[[], bool]]:
    """Whether the moment has come, as a question to ask again and again."""
    if aim.event == "cpu":
        moment = life["cpu"] * (IMPORTING + (1 - IMPORTING) * aim.share)
        yield lambda: command.cpu_seconds >= moment
    elif aim.event == "publish":
        with publishing(baton, aim) as is_publishing:
            yield is_publishing
    else:
        wanted = seen(baton, aim.event) + max(ceil(life[aim.event] * aim.share), 1)
        yield lambda: seen(baton, aim.event) >= wanted


@contextmanager
def publishing(baton: Installation, aim: Aim) -> Iterator[Callable[[], bool]]:
    """Whether the marts are being written; on DuckDB by turns also whether the readers' copy is."""
    folder = baton.home / "warehouse"
    where = baton.warehouse
    if where.dialect == "duckdb":
        pattern = "work.duckdb.wal" if aim.share < 0.5 else "serve.*.tmp"
        yield lambda: any(folder.glob(pattern))
        return
    query = f"""
        SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE locktype = 'advisory' AND objid = {PUBLISH_LOCK} AND datname = current_database()"""
    with psycopg.connect(where.url.replace("+psycopg", ""), autocommit=True) as connection:
        yield lambda: connection.execute(query).fetchone() is not None
