"""A large company straight in the lake: copies of the pretend one, so that its known answers hold times the copies.

The pretend company is pulled over HTTP night by night, as its users would, and each of its raw tables is then written
`copies` times in one Delta commit. A copy has ids of its own wherever the base names a customer, a project or a piece
of work; roles, people and the company's standard rates are shared, as they are in a real firm.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import CommitProperties, Transaction, write_deltalake
from pydantic import SecretStr

from config.settings import KantataSource, SalesforceSource, Settings
from sandbox.company import DEMO_DAYS, build
from sandbox.serve import running
from tasks.lake.places import entities as held_entities
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
    base, large = _settings(home / "base"), _settings(home / profile)
    if not (home / "base" / "ready").exists():
        shutil.rmtree(base.home, ignore_errors=True)
        _pull(base)
        (base.home / "ready").touch()
    if not (large.home / "ready").exists():
        shutil.rmtree(large.home, ignore_errors=True)
        for instance in base.sources:
            for entity in held_entities(base.lake, instance):
                _multiply(base.lake, large.lake, instance, entity, PROFILES[profile])
        (large.home / "ready").touch()
    return large


def _settings(home: Path, **urls: str) -> Settings:
    nowhere = "http://127.0.0.1:9"  # a benchmark of what lies in the lake asks no vendor
    return Settings(
        home=home,
        sources={
            "salesforce": SalesforceSource(
                vendor="salesforce",
                url=urls.get("salesforce", nowhere),
                fields=Path("config/fields/salesforce.yaml"),
                client_id=urls.get("client_id", ""),
                client_secret=SecretStr(urls.get("client_secret", "")),
            ),
            "kantata": KantataSource(
                vendor="kantata",
                url=urls.get("kantata", nowhere),
                fields=Path("config/fields/kantata.yaml"),
                token=SecretStr(urls.get("token", "")),
            ),
        },
    )


def _pull(base: Settings) -> None:
    world, _ledger = build(ACCOUNTS)
    with running(world, DEMO_DAYS[0][0]) as sandbox:
        settings = _settings(
            base.home, salesforce=sandbox.salesforce_url, kantata=sandbox.kantata_url,
            client_id=sandbox.client_id, client_secret=sandbox.client_secret, token=sandbox.token,
        )  # fmt: skip
        for clock, _day in DEMO_DAYS:
            sandbox.set_clock(clock)
            for instance in settings.sources:
                for entity in entities(instance, settings):
                    pull(instance, entity, settings=settings, now=clock, run_id=f"{clock:%Y-%m-%d}")


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
