"""A HubSpot portal's own state: its records as lists and the search's index show them, merges, properties, usage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.world import Version

FIELD_MAP = Path(__file__).resolve().parent.parent / "config" / "fields" / "hubspot.yaml"
TYPES = {
    "text": "string",
    "integer": "number",
    "number": "number",
    "boolean": "bool",
    "date": "date",
    "instant": "datetime",
}
DEFAULTS: Mapping[str, tuple[str, ...]] = {  # what comes when no property is asked for
    "companies": ("name", "domain", "createdate"),
    "deals": ("amount", "closedate", "createdate", "dealname", "dealstage", "pipeline"),
    "contacts": ("createdate", "email", "firstname", "lastname"),
    "tickets": ("content", "createdate", "hs_pipeline", "hs_pipeline_stage", "subject"),
}
KEPT = timedelta(days=90)  # archived records are shown so long
DAILY_REQUESTS = 650_000
Record = dict[str, Any]


@cache
def mapped() -> Mapping[str, Mapping[str, str]]:
    """The properties the shipped field map names, with their types, by kind: a portal that Baton can read has them."""
    kinds: dict[str, dict[str, str]] = {}
    for entity in yaml.safe_load(FIELD_MAP.read_text())["entities"].values():
        if "cursor" in entity:
            types = {one["field"]: TYPES[one["kind"]] for one in entity["fields"].values()}
            kinds.setdefault(entity["object"], {}).update(types)
    return kinds


def stamp_name(kind: str) -> str:
    """The property that a change stamps."""
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


@dataclass
class Portal:
    """One portal: its token, the requests of today, and the records stamped anew while somebody was reading."""

    clock: Clock
    faults: Faults
    token: str
    used: int = 0
    moved: dict[tuple[str, str, datetime], datetime] = field(default_factory=dict)

    def kinds(self) -> set[str]:
        """The kinds of record there are."""
        return {*mapped(), *self.clock.kinds("hubspot")} - {"associations", "owners", "pipelines"}

    def records(self, kind: str) -> list[Record]:
        """Every record of a kind by rising id, archived ones included, as the lists show it."""
        return self.clock.once(("portal", kind), lambda: self._records(kind, self.clock.now))

    def indexed(self, kind: str) -> list[Record]:
        """The records that a search knows: none that is archived, and maybe not the latest changes."""
        lag = self.faults.lasting("index_lag")
        if lag is None:
            known = self.records(kind)
        else:
            known = self._records(kind, self.clock.now - timedelta(seconds=lag.seconds))
        return [record for record in known if not record["archived"]]

    def _records(self, kind: str, at: datetime) -> list[Record]:
        shown = (self._shown(kind, version) for version in self.clock.world.state("hubspot", kind, at))
        kept = (record for record in shown if not _is_purged(record, self.clock.now))
        return sorted(kept, key=lambda record: int(record["id"]))

    def _shown(self, kind: str, version: Version) -> Record:
        key = str(version.record["id"])
        updated = written(self.moved.get((kind, key, version.updated_at), version.updated_at))
        given: Record = {"createdate": updated, **version.record["properties"]}
        given |= {"hs_object_id": key, stamp_name(kind): updated}
        shown: Record = {"id": key, "properties": given, "createdAt": given["createdate"], "updatedAt": updated}
        archived = {"archivedAt": written(version.visible_at)} if version.deletion == "soft" else {}
        return shown | {"archived": bool(archived)} | archived

    def move(self, kind: str, keys: Iterable[str]) -> None:
        """Stamp records anew, now."""
        versions = {str(version.record["id"]): version for version in self.clock.state("hubspot", kind)}
        self.moved |= {(kind, key, versions[key].updated_at): self.clock.now for key in keys if key in versions}
        self.clock.forget()

    def winner(self, kind: str, key: str) -> str:
        """The record that this one was merged into; itself when none."""
        aliases = self.clock.once(("aliases", kind), lambda: _aliases(self.records(kind)))
        while key in aliases:
            key = aliases[key]
        return key

    def properties(self, kind: str) -> dict[str, str]:
        """The properties of a kind and their types, without those that missing_field takes away."""
        types = {"hs_object_id": "number", "createdate": "datetime", stamp_name(kind): "datetime"}
        given = (name for record in self.records(kind) for name in record["properties"])
        types |= {name: "string" for name in (*DEFAULTS.get(kind, ()), *given) if name not in types}
        hidden = self.faults.hidden("hubspot", kind)
        return {name: type_ for name, type_ in (types | dict(mapped().get(kind, {}))).items() if name not in hidden}

    def with_properties(self, kind: str, record: Record, names: Iterable[str]) -> Record:
        """The record with the properties asked for and those that always come; unknown names are left out silently."""
        always = ("hs_object_id", "createdate", stamp_name(kind))
        wanted = dict.fromkeys((*(names or DEFAULTS.get(kind, ())), *always))
        hidden = frozenset(self.faults.hidden("hubspot", kind))
        known = self.clock.once(("known", kind, hidden), lambda: self.properties(kind))
        values = {name: record["properties"].get(name) for name in wanted if name in known}
        return record | {"properties": values}

    def partners(self, source: str, target: str) -> dict[str, list[Record]]:
        """The partners of each record, as (toObjectId, associationTypes)."""
        return self.clock.once(("partners", source, target), lambda: self._partners(source, target))

    def _partners(self, source: str, target: str) -> dict[str, list[Record]]:
        live = {record["id"] for record in self.records(source) if not record["archived"]}
        found: dict[str, list[Record]] = {}
        for version in self.clock.state("hubspot", "associations"):
            link = version.record
            if (link["from_type"], link["to_type"]) == (source, target) and link["from"] in live:
                partner = {"toObjectId": link["to"], "associationTypes": link["types"]}
                found.setdefault(link["from"], []).append(partner)
        return found


def written(at: datetime) -> str:
    """An instant as HubSpot writes it: 2019-12-07T16:50:06.678Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _is_purged(record: Record, now: datetime) -> bool:
    return record["archived"] and now - datetime.fromisoformat(record["archivedAt"]) > KEPT


def _aliases(records: Iterable[Record]) -> dict[str, str]:
    return {
        loser: record["id"]
        for record in records
        for loser in (record["properties"].get("hs_merged_object_ids") or "").split(";")
        if loser
    }
