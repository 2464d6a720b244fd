"""A tiny hand-made company behind the sandbox's servers, and pulls from it into a lake of the test's own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.settings import Settings
from sandbox.serve import Sandbox, running
from sandbox.world import Deletion, Version, World
from tasks.lake.read import versions
from tasks.lake.typed import utc_connection
from tasks.sources.pull import Pulled, pull

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


class Company:
    """The world behind the servers; every record is a version from its stamp on unless told otherwise."""

    def __init__(self, world: World) -> None:
        self.world = world

    def psa(self, kind: str, key: str, at: datetime = NOW - 9 * DAY, visible: datetime | None = None, **record: Any):
        content = {"id": key, "created_at": stamp(at), "updated_at": stamp(at), **record}
        self.world.add("kantata", kind, key, Version(visible or at, at, content))

    def psa_gone(self, kind: str, key: str, at: datetime) -> None:
        self.world.add("kantata", kind, key, Version(at, at, {"id": key, "updated_at": stamp(at)}, "hard"))

    def crm(self, kind: str, key: str, at: datetime = NOW - 9 * DAY, visible: datetime | None = None, **record: Any):
        deletion = "soft" if record.get("IsDeleted") else None
        moment = at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        content = {"Id": key, "IsDeleted": False, "SystemModstamp": moment, "CreatedDate": moment, **record}
        self.world.add("salesforce", kind, key, Version(visible or at, at, content, deletion))

    def portal(self, kind: str, key: str, at: datetime = NOW - 9 * DAY, visible: datetime | None = None, **values: Any):
        properties = {"createdate": f"{at:%Y-%m-%dT%H:%M:%S}.000Z", **values}
        self.world.add("hubspot", kind, key, Version(visible or at, at, {"id": key, "properties": properties}))

    def portal_gone(self, kind: str, key: str, at: datetime, deletion: Deletion = "soft") -> None:
        last = self.world.records["hubspot", kind][key][-1]
        self.world.add("hubspot", kind, key, Version(at, last.updated_at, last.record, deletion))

    def partner(self, kind: str, key: str, to: str, other: str, *types: int, at: datetime = NOW - 9 * DAY):
        named = [
            {"category": "HUBSPOT_DEFINED", "typeId": one, "label": "Primary" if one == 5 else None} for one in types
        ]
        link = {"from_type": kind, "from": key, "to_type": to, "to": other, "types": named}
        self.world.add("hubspot", "associations", f"{kind}/{key}/{to}/{other}", Version(at, at, link))

    def partner_gone(self, kind: str, key: str, to: str, other: str, at: datetime) -> None:
        name = f"{kind}/{key}/{to}/{other}"
        last = self.world.records["hubspot", "associations"][name][-1]
        self.world.add("hubspot", "associations", name, Version(at, at, last.record, "hard"))

    def settle_portal(self) -> None:
        """A pipeline with two stages; an owner, and one who left."""
        at = NOW - 400 * DAY
        stages = [
            {"id": "closedwon", "label": "Closed won", "metadata": {"isClosed": "true", "probability": "1.0"}},
            {"id": "closedlost", "label": "Closed lost", "metadata": {"isClosed": "true", "probability": "0.0"}},
        ]
        pipeline = {"id": "default", "kind": "deals", "label": "Sales", "updatedAt": stamp(at), "stages": stages}
        self.world.add("hubspot", "pipelines", "deals/default", Version(at, at, pipeline))
        for key, deletion in (("129", None), ("130", "soft")):
            owner = {"id": key, "userId": int(key), "updatedAt": stamp(at)}
            self.world.add("hubspot", "owners", key, Version(at, at, owner, deletion))

    def crm_gone(self, kind: str, key: str, at: datetime) -> None:
        self.world.add("salesforce", kind, key, Version(at, at, {"Id": key}, "hard"))


@pytest.fixture
def company() -> Company:
    return Company(World())


class Bench:
    """The servers, the settings that point at them, and pulls at the servers' own clock."""

    def __init__(self, servers: Sandbox, settings: Settings) -> None:
        self.servers, self.settings = servers, settings
        self.slept: list[float] = []

    def at(self, now: datetime) -> "Bench":
        self.servers.set_clock(now)
        return self

    def pull(self, instance: str, entity: str, **given: Any) -> Pulled:
        now = self.servers.clock.now
        run_id = f"run-{now:%m%d%H%M}"
        return pull(instance, entity, settings=self.settings, now=now, run_id=run_id, sleep=self.slept.append, **given)

    def held(self, instance: str, entity: str) -> dict[str, dict[str, Any]]:
        """The newest version of each record."""
        with utc_connection() as connection:
            known = versions(connection, self.settings.lake, instance, entity, self.servers.clock.now)
            rows = known.to_arrow_table().to_pylist()
        return {row["id"]: row for row in sorted(rows, key=lambda row: row["_extracted_at"])}

    def live(self, instance: str, entity: str) -> set[str]:
        return {key for key, row in self.held(instance, entity).items() if not row["_deleted"]}

    def with_source(self, instance: str, **changes: Any) -> "Bench":
        """The same bench with other settings of one source."""
        source = self.settings.sources[instance].model_copy(update=changes)
        settings = self.settings.model_copy(update={"sources": {**self.settings.sources, instance: source}})
        return Bench(self.servers, settings)


@pytest.fixture
def serve(company: Company, tmp_path, monkeypatch) -> Iterator[Callable[..., Bench]]:
    """`serve()` starts the company's servers, as Baton would find them through its environment."""
    opened = []

    def start(now: datetime = NOW, with_hubspot: bool = False, **given: Any) -> Bench:
        context = running(company.world, now, **given)
        servers = context.__enter__()
        opened.append(context)
        for name, value in (servers.environment() | (servers.hubspot_environment() if with_hubspot else {})).items():
            monkeypatch.setenv(name, value)
        return Bench(servers, Settings(home=tmp_path))

    yield start
    for context in opened:
        context.__exit__(None, None, None)
