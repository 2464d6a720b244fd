"""Kantata (formerly Mavenlink): windows on updated_after and updated_before, deletions from events and counts."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow.compute as pc

from config.settings import KantataSource
from tasks.lake.places import is_held, opened
from tasks.lake.shape import Shape
from tasks.lake.typed import payload_text
from tasks.sources.client import Client, connected
from tasks.sources.fieldmap import Entity, FieldMap
from tasks.sources.judgement import Forbidden
from tasks.sources.kantata_pages import Keep, Walk, certain, counted, restless, whole
from tasks.sources.kantata_parts import PARTS, Included
from tasks.sources.kantata_policy import policy
from tasks.sources.vendor import Finding, Link, Reading, Record, Scope, Window

log = logging.getLogger(__name__)

Texts = tuple[dict[str, bytes], dict[str, bytes]]  # of a page's records and of their parts, by their ids

NAME: Final = "kantata"
SECOND: Final = timedelta(seconds=1)
EVENTS: Final = "subscribed_events"
RETENTION: Final = timedelta(days=9)  # of the event feed
IDS_AT_ONCE: Final = 100
# Which deletion event speaks of which resource.
DELETED: Final[Mapping[str, str]] = {
    "time_entries": "time_entry:deleted",
    "workspaces": "workspace:deleted",
    "invoices": "invoice:deleted",
}
SUBJECTS: Final[Mapping[str, str]] = {"workspaces": "Workspace", "stories": "Story", "time_entries": "TimeEntry"}


def connect(instance: str, source: KantataSource, sleep: Callable[[float], None]) -> Client:
    """A client with Kantata's policy; nothing is sent yet."""
    rules = policy(f"BATON_SOURCES__{instance.upper()}__", source.token.get_secret_value())
    return connected(source, rules, sleep)


def order(fields: FieldMap, source: KantataSource) -> tuple[str, ...]:
    """Every resource that is read, events first: they announce deletions of the others."""
    read_ones = [name for name, entity in fields.entities.items() if entity.resource]
    events = [name for name in read_ones if fields[name].resource == EVENTS]
    return (*(events if source.has_events else ()), *(name for name in read_ones if name not in events))


def shape(entity: Entity) -> Shape:
    """A Kantata record: id, its stamp, and a deletion mark where the resource has one."""
    return Shape(entity.name, entity.columns, "id", entity.cursor or "updated_at", entity.deleted or None)


def is_windowed(entity: Entity) -> bool:
    """Whether the resource has updated_after and updated_before; events have only their creation."""
    return bool(entity.cursor) and entity.resource != EVENTS


def read(link: Link, entity: Entity, window: Window) -> Reading:
    """Every record stamped within the window, or every record of a resource without a cursor, parts included."""
    if entity.resource == EVENTS and link.source.since < window.lo < window.hi - RETENTION:
        log.warning("%s: the last pull is over nine days ago, events in between are lost", link.instance)
    try:
        return _window(link, entity, window) if entity.cursor else _everything(link, entity)
    except Forbidden:
        if entity.resource != EVENTS:
            raise
        log.warning("%s: no access to events, going on without them; deletions come from counts", link.instance)
        return Reading({}, is_available=False)


def announced(link: Link, entity: Entity, lake: str) -> frozenset[str]:
    """Ids with a deletion event in the lake; ids are never used twice, so an old event does no harm."""
    names = [name for name, other in link.fields.entities.items() if other.resource == EVENTS]
    event_type = DELETED.get(entity.resource)
    if event_type is None or not names or not is_held(lake, link.instance, names[0]):
        return frozenset()
    events = opened(lake, link.instance, names[0]).to_pyarrow_dataset()
    return frozenset(events.to_table(["subject_id"], pc.field("event_type") == event_type)["subject_id"].to_pylist())


def count(link: Link, entity: Entity, hi: datetime) -> int:
    """How many records that are not deleted were stamped from `since` on and before `hi`."""
    bounds = {"updated_after": _instant(link.source.since - SECOND), "updated_before": _instant(hi)}
    return counted(link, entity.resource, _undeleted(entity) | bounds)


def stamped_since(link: Link, entity: Entity, hi: datetime) -> frozenset[str]:
    """The ids of records stamped at or after `hi`, deleted ones included."""
    since = {**_plain(entity), "updated_after": _instant(hi - SECOND), "order": "updated_at:asc"}

    def late(records: list[Record], _: Included) -> list[str]:
        return [record["id"] for record in records if _stamp(record, "updated_at") >= hi]

    return frozenset(key for page in certain(link, entity.resource, since, late).pages for key in page.kept)


def deleted_since(link: Link, entity: Entity, since: datetime, until: datetime) -> frozenset[str]:
    """None: its events of deletions are in the lake already (`announced`)."""
    return frozenset()


def ids(link: Link, entity: Entity) -> frozenset[str]:
    """The ids of every record that is not deleted, from `since` on."""
    since = {"updated_after": _instant(link.source.since - SECOND), "order": "created_at:asc"}
    return certain(link, entity.resource, _undeleted(entity) | since, lambda *_: None).ids


def fetch(link: Link, entity: Entity, ids: Iterable[str]) -> Reading:
    """The records of these ids, as far as they exist; `only` answers without pages and drops missing ids."""
    wanted = sorted(ids)
    reading = Reading({})
    for start in range(0, len(wanted), IDS_AT_ONCE):
        some = {**entity.params, "only": ",".join(wanted[start : start + IDS_AT_ONCE])}
        reading = reading.plus(_reading(link, entity, certain(link, entity.resource, some, _landing(link, entity))))
    return reading


def missing(link: Link, entity: Entity) -> tuple[str, ...]:
    """The custom fields that the map names and the account does not have; attributes Kantata does not describe."""
    if not entity.custom_fields:
        return ()
    subject = SUBJECTS.get(entity.resource, entity.resource)
    known = {
        field.get("name")
        for page in certain(link, "custom_fields", {"order": "created_at:asc"}, lambda fields, _: fields).pages
        for field in page.kept
        if str(field.get("subject_type")).casefold() == subject.casefold()
    }
    return tuple(f"{subject}.{custom.name}" for custom in entity.custom_fields.values() if custom.name not in known)


def findings(link: Link) -> tuple[Finding, ...]:
    """Whether the token works and whether events may be read."""
    counted(link, "workspaces", {})
    token = Finding("token", True, "accepted")
    if not link.source.has_events:
        return (token, Finding("events", True, "switched off by has_events; deletions come from counts"))
    try:
        counted(link, EVENTS, {})
    except Forbidden:
        return (token, Finding("events", False, "refused: buy the subscribed-events add-on or set has_events: false"))
    return (token, Finding("events", True, "readable"))


def _window(link: Link, entity: Entity, window: Window) -> Reading:
    """The records of a window; one that never stands still is halved, since fewer records move in each half."""
    stem = entity.cursor.removesuffix("_at")
    # `updated_after` may be exclusive: ask one second earlier and filter. An unknown filter would return everything.
    bounds = {f"{stem}_after": _instant(window.lo - SECOND), f"{stem}_before": _instant(window.hi)}
    params = {**entity.params, **bounds, "order": f"{entity.cursor}:asc"}
    walk = whole(link, entity.resource, params, _landing(link, entity, window), has_repeats=entity.resource == EVENTS)
    if walk is not None:
        return _reading(link, entity, walk)
    if window.hi - window.lo < 2 * SECOND:
        raise restless(link, entity.resource)
    middle = window.lo + timedelta(seconds=int((window.hi - window.lo).total_seconds()) // 2)
    first = _window(link, entity, Window(window.lo, middle))
    return first.plus(_window(link, entity, Window(middle, window.hi)))


def _everything(link: Link, entity: Entity) -> Reading:
    ordered = {**entity.params, "order": "created_at:asc"}
    return _reading(link, entity, certain(link, entity.resource, ordered, _landing(link, entity)))


def _landing(link: Link, entity: Entity, window: Window | None = None) -> Keep[Texts]:
    """What lands of a page: its records inside the window (any, if none is given) and their parts."""
    split = PARTS[entity.resource] if link.fields.parts(entity.name) else lambda *_: {}

    def keep(records: list[Record], included: Included) -> Texts:
        if window is not None:
            records = [record for record in records if window.lo <= _stamp(record, entity.cursor) < window.hi]
        rows = {key: row for record in records for key, row in split(record, included).items()}
        texts = {record["id"]: payload_text(record) for record in records}
        return texts, {key: payload_text(row) for key, row in rows.items()}

    return keep


def _reading(link: Link, entity: Entity, walk: Walk[Texts]) -> Reading:
    """The walk's records inside the window, and their parts."""
    records = {key: text for page in walk.pages for key, text in page.kept[0].items()}
    rows = {key: text for page in walk.pages for key, text in page.kept[1].items()}
    scope: Scope = "feed" if entity.resource == EVENTS else "window" if entity.cursor else "whole"
    return Reading(records, {part.name: rows for part in link.fields.parts(entity.name)}, walk.count, scope)


def _plain(entity: Entity) -> dict[str, str]:
    """The entity's parameters without includes: enough for ids and counts."""
    return {name: value for name, value in entity.params.items() if name not in ("include", "optional_fields")}


def _undeleted(entity: Entity) -> dict[str, str]:
    """The same without asking for deleted records."""
    return {name: value for name, value in _plain(entity).items() if "deleted" not in name}


def _stamp(record: Mapping[str, str], name: str) -> datetime:
    return datetime.fromisoformat(record[name])


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
