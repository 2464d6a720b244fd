"""HubSpot: one list for the first load, then searches of what was stamped; archived records from their own list."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from config.settings import HubspotSource
from tasks.errors import ConfigError
from tasks.lake.shape import Column, Shape
from tasks.lake.typed import payload_text
from tasks.sources import hubspot_api as api
from tasks.sources.client import Client, connected
from tasks.sources.fieldmap import Entity, FieldMap
from tasks.sources.hubspot_parts import associations, stages, stamped
from tasks.sources.hubspot_policy import NEARLY, MissingScope, policy
from tasks.sources.hubspot_records import archived, listed, moment, plain, since, stamped_within
from tasks.sources.hubspot_search import Filter, searched, span, total
from tasks.sources.judgement import Refused
from tasks.sources.vendor import Finding, Link, Reading, Record, Window

NAME: Final = "hubspot"
OWNERS: Final = "owners"
ENDLESS: Final = datetime.fromisoformat("2100-01-01T00:00:00+00:00")
MOSTLY: Final = 2  # a first window with more than one in so many of all records is read as a list


def connect(instance: str, source: HubspotSource, sleep: Callable[[float], None]) -> Client:
    """A client with HubSpot's policy; nothing is sent yet."""
    rules = policy(f"BATON_SOURCES__{instance.upper()}__", source.token.get_secret_value())
    return connected(source, rules, sleep)


def order(fields: FieldMap, source: HubspotSource) -> tuple[str, ...]:
    """Every mapped kind of record, in the map's order."""
    return tuple(name for name, entity in fields.entities.items() if entity.resource)


def shape(entity: Entity) -> Shape:
    """A HubSpot record: its id, stamp and archive mark outside, the mapped values among its properties."""
    within = "properties." if entity.cursor else ""
    columns = tuple(Column(column.name, within + column.path, column.kind) for column in entity.columns)
    return Shape(entity.name, columns, "id", "updated_at", None if entity.part_of else "archived")


def is_windowed(entity: Entity) -> bool:
    """Whether the kind of record can be searched; owners and pipelines are read whole."""
    return bool(entity.cursor)


def read(link: Link, entity: Entity, window: Window) -> Reading:
    """Every record stamped within the window and every one archived since it began, with their partners.

    `params.reread` (`property=value`) names records that are read every time, such as open deals: a new partner
    stamps nothing.
    """
    if not entity.cursor:
        return _everything(link, entity)
    is_from_the_start = window.lo <= since(link)
    source = listed if is_from_the_start and _holds_most(link, entity, window) else stamped_within
    found = {record["id"]: record for record in source(link, entity, window)}
    count = len(found)
    is_slice = window.rows > 0  # of a first load: it reads every record anyway
    if (wanted := _reread(link, entity)) and not is_slice:
        again = stamped_within(link, entity, Window(since(link), window.hi), *wanted)
        found = {record["id"]: record for record in again} | found
    if is_from_the_start or not is_slice:
        gone = (
            one for one in archived(link, entity) if moment(one.get("archivedAt") or one["updated_at"]) >= window.lo
        )
        found |= {record["id"]: record for record in gone}
    return _reading(link, entity, found, count)


def announced(link: Link, entity: Entity, lake: str) -> frozenset[str]:
    """None: HubSpot's archived records come with their window."""
    return frozenset()


def count(link: Link, entity: Entity, hi: datetime) -> int:
    """How many records that are not archived were stamped from `since` on and before `hi`, as far as indexed."""
    return total(link, entity, span(entity, Window(since(link), hi)))


def stamped_since(link: Link, entity: Entity, hi: datetime) -> frozenset[str]:
    """The ids of records stamped at or after `hi`, archived ones included."""
    late = searched(link, entity, span(entity, Window(hi, ENDLESS)), (entity.cursor,))
    gone = (record["id"] for record in archived(link, entity) if moment(record["updated_at"]) >= hi)
    return frozenset(str(record["id"]) for record in late) | frozenset(gone)


def deleted_since(link: Link, entity: Entity, since: datetime, until: datetime) -> frozenset[str]:
    """None: HubSpot keeps no log of deletions beside its archived records."""
    return frozenset()


def ids(link: Link, entity: Entity) -> frozenset[str]:
    """The ids of every record that is not archived, stamped from `since` on; from the list, which has no index."""
    walk = api.listed(link, entity, (entity.cursor,), is_archived=False)
    return frozenset(record["id"] for record in plain(entity, walk) if moment(record["updated_at"]) >= since(link))


def fetch(link: Link, entity: Entity, ids: Iterable[str]) -> Reading:
    """The records of these ids, as far as they exist; of a merged one, the record it went into."""
    found = {record["id"]: record for record in plain(entity, api.batch_read(link, entity, ids))}
    return _reading(link, entity, found, len(found))


def missing(link: Link, entity: Entity) -> tuple[str, ...]:
    """The mapped properties that the portal does not have: HubSpot would leave them out without a word.

    Owners and pipelines are not described: a page of them shows whether they may be read.
    """
    if not entity.cursor:
        next(api.pages(link, _whole_address(link, entity), {"limit": "1"}), None)
        return ()
    known = {one["name"] for one in api.results(*_asked(link, api.address(link, "properties", entity.resource)))}
    wanted = (*api.properties(entity), *(one["propertyName"] for one in _reread(link, entity)))
    return tuple(f"{entity.resource}.{name}" for name in wanted if name not in known)


def findings(link: Link) -> tuple[Finding, ...]:
    """Whether the token works, and how much of the day's requests is left."""
    if not link.source.has_usage:
        return (Finding("daily requests", True, "not asked for: has_usage is off"),)
    try:
        usage, _ = _asked(link, api.usage_address(link))
    except (Refused, MissingScope) as error:
        return (Finding("daily requests", False, f"{error} If this token may not ask for them: has_usage: false."),)
    daily = [(int(one["usageLimit"]), int(one["currentUsage"])) for one in usage.get("results") or ()]
    most, used = daily[0] if daily else (0, 0)
    is_enough = not most or most - used > NEARLY * most
    return (Finding("token", True, "accepted"), Finding("daily requests", is_enough, f"{most - used} of {most} left"))


def _asked(link: Link, path: str) -> tuple[Any, str]:
    return link.client.get(path), path


def _reread(link: Link, entity: Entity) -> list[Filter]:
    """Which records are read every time, as a filter; none of most kinds."""
    if "reread" not in entity.params:
        return []
    name, equals, value = entity.params["reread"].partition("=")
    if not (name and equals and value):
        raise ConfigError(f"{link.fields.file}: {entity.name}.params.reread is not property=value: correct it.")
    return [{"propertyName": name, "operator": "EQ", "value": value}]


def _holds_most(link: Link, entity: Entity, window: Window) -> bool:
    """Whether most records from the window's start on are in it: then a list of all costs less than searches."""
    everything = Window(window.lo, ENDLESS)
    return total(link, entity, span(entity, everything)) <= MOSTLY * total(link, entity, span(entity, window))


def _reading(link: Link, entity: Entity, found: Mapping[str, Record], count: int) -> Reading:
    """The records, and the partners of those that are not archived."""
    stamps = {key: record["updated_at"] for key, record in found.items() if not record["archived"]}
    parts = {part.name: associations(link, entity, part, stamps) for part in link.fields.parts(entity.name)}
    return Reading({key: payload_text(record) for key, record in found.items()}, parts, count)


def _everything(link: Link, entity: Entity) -> Reading:
    """Every owner, archived ones marked; or every pipeline of a kind of record, with its stages."""
    path = _whole_address(link, entity)
    walks = ({"archived": "false"}, {"archived": "true"}) if entity.resource == OWNERS else ({},)
    came = [stamped(record) for params in walks for page in api.pages(link, path, params) for record in page]
    texts = {str(record["id"]): payload_text(record) for record in came}
    parts = {part.name: stages(came) for part in link.fields.parts(entity.name)}
    return Reading(texts, parts, len(came), "whole")


def _whole_address(link: Link, entity: Entity) -> str:
    """The path of `owners`, or of `pipelines/deals`."""
    return api.address(link, *entity.resource.split("/"))
