"""Rocketlane: closed windows on updatedAt, deletions from marks and from ids that are gone."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from config.settings import RocketlaneSource
from tasks.lake.shape import Shape
from tasks.lake.typed import payload_text
from tasks.sources.ahead import in_order
from tasks.sources.client import Client, connected
from tasks.sources.fieldmap import Entity, FieldMap
from tasks.sources.judgement import Refused
from tasks.sources.kantata_pages import Keep, Walk
from tasks.sources.rocketlane_invoices import INVOICES, changed_invoices, invoice_ids, invoices
from tasks.sources.rocketlane_missing import missing_attributes, missing_custom
from tasks.sources.rocketlane_pages import IDS, certain, counted, restless, whole
from tasks.sources.rocketlane_policy import policy
from tasks.sources.rocketlane_records import (
    PHASES,
    STAMP,
    field_values,
    landed,
    milliseconds,
    requested,
    stamp,
)
from tasks.sources.vendor import Finding, Link, Reading, Record, Scope, Window

NAME: Final = "rocketlane"
Texts = tuple[dict[str, bytes], dict[str, bytes]]  # of a page's records and of their parts, by their ids
ALL: Final = {"match": "all"}  # without it a record that meets any one of the filters is found
SORTED: Final = {"time-entries": {"sortBy": "id", "sortOrder": "ASC"}}  # what else is ordered by may change


def connect(instance: str, source: RocketlaneSource, sleep: Callable[[float], None]) -> Client:
    """A client with Rocketlane's policy; nothing is sent yet."""
    rules = policy(f"BATON_SOURCES__{instance.upper()}__", source.api_key.get_secret_value())
    return connected(source, rules, sleep)


def order(fields: FieldMap, source: RocketlaneSource) -> tuple[str, ...]:
    """Every resource that is read, in the map's order."""
    read_ones = [name for name, entity in fields.entities.items() if entity.resource]
    return tuple(name for name in read_ones if source.has_phases or fields[name].resource != PHASES)


def shape(entity: Entity) -> Shape:
    """A Rocketlane record: its own id, its stamp, and a deletion mark where the resource has one."""
    return Shape(entity.name, entity.columns, IDS.get(entity.resource, "id"), STAMP, entity.deleted or None)


def is_windowed(entity: Entity) -> bool:
    """Whether the resource can be filtered by updatedAt."""
    return bool(entity.cursor) and entity.resource != INVOICES


def read(link: Link, entity: Entity, window: Window) -> Reading:
    """Every record stamped within the window, or every record of a resource without a cursor, parts included."""
    if entity.resource == INVOICES:
        return changed_invoices(link, entity, window)
    if entity.resource == PHASES:
        return _by_project(link, entity)
    if entity.cursor:
        return _window(link, entity, window)
    walk = certain(link, entity.resource, _asked(entity), _landing(link, entity))
    return _reading(link, entity, walk)


def announced(link: Link, entity: Entity, lake: str) -> frozenset[str]:
    """Nothing: Rocketlane announces deletions by webhook only."""
    return frozenset()


def count(link: Link, entity: Entity, hi: datetime) -> int:
    """How many records that are not deleted were stamped from `since` on and before `hi`."""
    if entity.resource == INVOICES:
        return len(invoice_ids(link, link.source.since, hi))
    return counted(link, entity.resource, _undeleted(entity) | _bounds(entity, link.source.since, hi))


def stamped_since(link: Link, entity: Entity, hi: datetime) -> frozenset[str]:
    """The ids of records stamped at or after `hi`, deleted ones included."""
    if entity.resource == INVOICES:
        return invoice_ids(link, hi)
    since = _plain(entity) | _bounds(entity, hi, None)
    return certain(link, entity.resource, since, lambda *_: None).ids


def deleted_since(link: Link, entity: Entity, since: datetime, until: datetime) -> frozenset[str]:
    """None: Rocketlane keeps no log of deletions."""
    return frozenset()


def ids(link: Link, entity: Entity) -> frozenset[str]:
    """The ids of every record that is not deleted, from `since` on."""
    if entity.resource == INVOICES:
        return invoice_ids(link, link.source.since)
    since = _undeleted(entity) | _bounds(entity, link.source.since, None)
    return certain(link, entity.resource, since, lambda *_: None).ids


def fetch(link: Link, entity: Entity, ids: Iterable[str]) -> Reading:
    """The records of these ids, as far as they exist; Rocketlane gives them one by one."""
    if entity.resource == INVOICES:
        return invoices(link, entity, frozenset(ids))
    keep = _landing(link, entity)

    def one(key: str) -> Texts:
        try:
            return keep([link.client.get(f"{entity.resource}/{key}", requested(entity))], {})
        except Refused as refused:
            if refused.code != "404":
                raise
            return {}, {}

    found = list(in_order(one, sorted(ids), link.client.concurrency))
    return _gathered(link, entity, found, sum(len(records) for records, _ in found))


def missing(link: Link, entity: Entity) -> tuple[str, ...]:
    """The mapped attributes and custom fields that the account does not have."""
    return (*missing_attributes(link, entity), *missing_custom(link, entity))


def findings(link: Link) -> tuple[Finding, ...]:
    """Whether the key works."""
    counted(link, "projects", {})
    return (Finding("key", True, "accepted"),)


def _window(link: Link, entity: Entity, window: Window) -> Reading:
    """The records of a window; one that never stands still, or takes too long for a page token, is halved."""
    params = _asked(entity) | _bounds(entity, window.lo, window.hi)
    walk = whole(link, entity.resource, params, _landing(link, entity, window))
    if walk is not None:
        return _reading(link, entity, walk)
    middle = window.lo + (window.hi - window.lo) // 2
    middle = middle.replace(microsecond=0)
    if middle <= window.lo:
        raise restless(link, entity.resource)
    first = _window(link, entity, Window(window.lo, middle))
    return first.plus(_window(link, entity, Window(middle, window.hi)))


def _by_project(link: Link, entity: Entity) -> Reading:
    """Every record of a resource that is listed for one project only, archived projects' too."""
    project = next(other for other in link.fields.entities.values() if other.resource == "projects")

    def of_project(key: str) -> Walk[Texts]:
        return certain(link, entity.resource, {**_asked(entity), "projectId": key}, _landing(link, entity))

    walks = list(in_order(of_project, sorted(ids(link, project)), link.client.concurrency))
    found = [page.kept for walk in walks for page in walk.pages]
    return _gathered(link, entity, found, sum(walk.count for walk in walks))


def _landing(link: Link, entity: Entity, window: Window | None = None) -> Keep[Texts]:
    """What lands of a page: its records inside the window (any, if none is given) and their custom fields."""
    has_parts = bool(link.fields.parts(entity.name))
    name = IDS[entity.resource]

    def keep(records: list[Record], _: object) -> Texts:
        if window is not None:
            records = [record for record in records if window.lo <= stamp(record) < window.hi]
        parents = records if has_parts else []
        rows = {key: row for record in parents for key, row in field_values(entity.resource, record).items()}
        texts = {str(record[name]): payload_text(landed(record)) for record in records}
        return texts, {key: payload_text(row) for key, row in rows.items()}

    return keep


def _reading(link: Link, entity: Entity, walk: Walk[Texts]) -> Reading:
    return _gathered(link, entity, [page.kept for page in walk.pages], walk.count)


def _gathered(link: Link, entity: Entity, found: Iterable[Texts], vendor_count: int) -> Reading:
    records: dict[str, bytes] = {}
    rows: dict[str, bytes] = {}
    for some, parts in found:
        records.update(some)
        rows.update(parts)
    scope: Scope = "window" if entity.cursor else "whole"
    return Reading(records, {part.name: rows for part in link.fields.parts(entity.name)}, vendor_count, scope)


def _asked(entity: Entity) -> dict[str, str]:
    """The entity's parameters, with the attributes that must be asked for."""
    return _plain(entity) | requested(entity)


def _plain(entity: Entity) -> dict[str, str]:
    """The entity's parameters without the attributes on request: enough for ids and counts."""
    asked = {name: value for name, value in entity.params.items() if name != "includeFields"}
    return asked | SORTED.get(entity.resource, {})


def _undeleted(entity: Entity) -> dict[str, str]:
    """The same without asking for deleted records."""
    return {name: value for name, value in _plain(entity).items() if not name.startswith("includeDeleted")}


def _bounds(entity: Entity, lo: datetime, hi: datetime | None) -> dict[str, str]:
    """A window that is closed on both sides, or open at its end."""
    upper = {f"{entity.cursor}.lt": milliseconds(hi)} if hi else {}
    return {f"{entity.cursor}.ge": milliseconds(lo), **upper, **ALL}
