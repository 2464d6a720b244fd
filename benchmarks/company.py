"""A large company straight in the lake: copies of the pretend one, so that its known answers hold times the copies.

The pretend company is pulled over HTTP night by night, as its users would, and each of its raw tables is then written
`copies` times in one Delta commit. A copy has ids of its own wherever the base names a customer, a project or a piece
of work; roles, people and the company's standard rates are shared, as they are in a real firm.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import duckdb
import pyarrow as pa
from deltalake import CommitProperties, Transaction, write_deltalake

from config.settings import Settings
from sandbox.company import DEMO_DAYS, build
from sandbox.serve import running
from sandbox.world import World
from tasks.lake.places import entities as held_entities
from tasks.lake.places import instances as held_instances
from tasks.lake.places import opened, place
from tasks.lake.read import cursor_name
from tasks.sources.pull import entities, pull

ACCOUNTS = 200  # of the company that is copied
SHARED = frozenset({"role_id", "user_id"})
WHOLE = ("user",)  # entities that copies share
REFERENCES = ("Salesforce account", "Salesforce opportunity", "Change order")  # custom fields that hold an id
FURTHEST = 10**12  # numeric ids stay numbers, as the vendor's are: copy 3 of 17 is 3000000000017
BATCH = 50  # copies a record batch, so that memory stays bounded


@dataclass(frozen=True)
class Profile:
    """How large; `lines` is how often each subscription line stands in one copy."""

    copies: int
    lines: int = 1


# About 18,000 time entries, 250 projects and 790 subscription lines a copy.
PROFILES = {
    "S": Profile(12),  # 0.2M time entries, 3k projects, 9k lines
    "M": Profile(566, lines=4),  # 10M time entries, 142k projects, 1.1M tasks, 1.8M lines
    "L": Profile(2_825),  # 50M time entries, 0.7M projects, 2.2M lines
}


def lake(profile: str, home: Path) -> Settings:
    """Settings whose lake, below `home`, holds a profile's company as pulled on every demo day; made when missing."""
    base, large = Settings(home=home / "base"), Settings(home=home / profile)
    if not (base.home / "ready").exists():
        shutil.rmtree(base.home, ignore_errors=True)
        pulled(base.home, build(ACCOUNTS)[0], *(clock for clock, _day in DEMO_DAYS))
        (base.home / "ready").touch()
    if not (large.home / "ready").exists():
        shutil.rmtree(large.home, ignore_errors=True)
        for instance in held_instances(base.lake):
            for entity in held_entities(base.lake, instance):
                _multiply(base.lake, large.lake, instance, entity, PROFILES[profile])
        (large.home / "ready").touch()
    return large


def pulled(home: Path, world: World, *clocks: datetime) -> Settings:
    """Settings whose lake a world was pulled into over HTTP, at each of the clocks, without flows."""
    with running(world, clocks[0]) as sandbox, patch.dict(os.environ, sandbox.environment()):
        settings = Settings(home=home)
        for clock in clocks:
            sandbox.set_clock(clock)
            for instance in settings.sources:
                for entity in entities(instance, settings):
                    pull(instance, entity, settings=settings, now=clock, run_id=f"{clock:%Y-%m-%d}")
    return settings


def _multiply(base: str, large: str, instance: str, entity: str, profile: Profile) -> None:
    """Write one raw table of the base `copies` times, its cursor included, in one commit."""
    held = opened(base, instance, entity)
    cursor = held.transaction_version(cursor_name(instance, entity))
    known = held.to_pyarrow_dataset().to_table()
    copies = _copies(known, entity, profile)
    write_deltalake(
        place(large, instance, entity),
        pa.RecordBatchReader.from_batches(known.schema, copies),
        commit_properties=CommitProperties(app_transactions=[Transaction(cursor_name(instance, entity), cursor)]),
    )


def _copies(known: pa.Table, entity: str, profile: Profile) -> Iterator[pa.RecordBatch]:
    """The table's copies, a few at a time."""
    if entity in WHOLE:
        yield from known.to_batches()
        return
    with duckdb.connect() as connection:
        connection.execute("SET timezone = 'UTC'")
        connection.execute(
            f"""CREATE MACRO own(id, copy) AS CASE WHEN try_cast(id AS BIGINT) IS NULL THEN id || '-' || copy
                ELSE (id::BIGINT + copy * {FURTHEST})::VARCHAR END"""
        )
        connection.register("known", known)
        lines = profile.lines if entity == "subscription" else 1
        for first in range(0, profile.copies, BATCH):
            last = min(first + BATCH, profile.copies)
            query = f"SELECT {_columns(known.schema, entity)} FROM known, range({first}, {last}) copies(copy), "
            query += f"range({lines}) lines(line) {_chosen(entity)} ORDER BY copy"
            yield from connection.execute(query).to_arrow_table().cast(known.schema).to_batches()


def _columns(schema: pa.Schema, entity: str) -> str:
    """Each column as it stands in a copy."""
    return ", ".join(f"{_own(name, entity)} AS {name}" for name in schema.names)


def _own(name: str, entity: str) -> str:
    if entity == "custom_field_value" and name == "value":
        return f"CASE WHEN name IN {REFERENCES} THEN own(value, copy) ELSE value END"
    if entity == "subscription" and name in ("id", "predecessor_id"):
        return f"own({name}, copy) || CASE WHEN line = 0 THEN '' ELSE '-' || line END"
    return f"own({name}, copy)" if _is_id(name) and name not in SHARED else name


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def _chosen(entity: str) -> str:
    """The company's standard rates are those of no project: every copy has the same."""
    return "WHERE workspace_id IS NOT NULL OR copy = 0" if entity == "rate" else ""
