"""Salesforce: windows on SystemModstamp, deleted rows included; large ones by Bulk, the others by REST's queryAll."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise, starmap
from typing import Final

from config.settings import SalesforceOrg
from tasks.lake.shape import Shape
from tasks.sources import salesforce_bulk as bulk
from tasks.sources import salesforce_query as query
from tasks.sources.ahead import in_order
from tasks.sources.client import Client, connected
from tasks.sources.fieldmap import Entity, FieldMap
from tasks.sources.judgement import Refused
from tasks.sources.salesforce_deletes import deleted_since as deleted_since  # a vendor's, beside those defined here
from tasks.sources.salesforce_org import findings as findings
from tasks.sources.salesforce_org import missing as missing
from tasks.sources.salesforce_org import types
from tasks.sources.salesforce_policy import policy
from tasks.sources.salesforce_query import ManyError, data, instant, paths, whole, within
from tasks.sources.vendor import Link, Reading, Window, joined

NAME: Final = "salesforce"
PIECE: Final = 10_000  # rows of a query
IDS_AT_ONCE: Final = 200  # keeps the address below Salesforce's 16,384 bytes


def connect(instance: str, source: SalesforceOrg, sleep: Callable[[float], None]) -> Client:
    """A client with Salesforce's policy; nothing is sent yet."""
    rules = policy(f"BATON_SOURCES__{instance.upper()}__", source)
    return connected(source, rules, sleep)


def order(fields: FieldMap, source: SalesforceOrg) -> tuple[str, ...]:
    """Every mapped object, in the map's order."""
    return tuple(name for name, entity in fields.entities.items() if entity.resource)


def shape(entity: Entity) -> Shape:
    """A Salesforce record: Id, SystemModstamp, IsDeleted."""
    return Shape(entity.name, entity.columns, id_path="Id", stamp_path="SystemModstamp", deleted_path="IsDeleted")


def is_windowed(entity: Entity) -> bool:
    """Always: every object has a SystemModstamp."""
    return True


def read(link: Link, entity: Entity, window: Window) -> Reading:
    """Every row stamped within the window, deleted ones included.

    A large window is read by a Bulk job, or where that is refused by REST in pieces, several at once. A window whose
    rows were not counted is read by REST, whose first page tells when it is a large one.
    """
    if not window.rows:
        try:
            return _piece(link, entity, link.source.bulk_over, window)
        except ManyError as error:
            window = replace(window, rows=error.rows)
    if window.rows > link.source.bulk_over and (reading := _bulk(link, entity, types(link, entity), window)):
        return reading
    ask = partial(_piece, link, entity, None)
    return joined(list(in_order(ask, _pieces(link, entity, window), link.client.concurrency)))


def _bulk(link: Link, entity: Entity, kinds: Mapping[str, str], window: Window) -> Reading | None:
    """The window by a Bulk job; one too heavy for Salesforce is halved."""
    try:
        records = bulk.rows(link, entity, within(window), kinds, paths(entity))
        return None if records is None else Reading(records, vendor_count=len(records))
    except Refused as error:
        halves = [_bulk(link, entity, kinds, half) for half in _halves(window, error)]
    found = [half for half in halves if half]
    return joined(found) if len(found) == len(halves) else None


def _pieces(link: Link, entity: Entity, window: Window) -> Iterator[Window]:
    """The window in pieces of about PIECE rows, if these are evenly stamped: one query's pages come only one by one."""
    edges = [window.lo]
    if window.rows > PIECE and (oldest := _oldest(link, entity, window)):
        spans = -(-window.rows // PIECE)
        seconds = (window.hi - oldest).total_seconds()
        edges += [oldest + timedelta(seconds=seconds * number // spans) for number in range(1, spans)]
    return starmap(Window, pairwise([*edges, window.hi]))


def _oldest(link: Link, entity: Entity, window: Window) -> datetime | None:
    """The whole second of the window's first stamp; none when it is empty by now."""
    soql = f"SELECT SystemModstamp FROM {entity.resource} WHERE {within(window)} ORDER BY SystemModstamp LIMIT 1"
    found = link.client.get(data(link, "queryAll"), {"q": soql})["records"]
    return datetime.fromisoformat(found[0]["SystemModstamp"]).replace(microsecond=0) if found else None


def _piece(link: Link, entity: Entity, most: int | None, window: Window) -> Reading:
    """Every row stamped within the window, by REST; one too heavy for Salesforce is halved."""
    try:
        records, total = query.rows(link, entity, within(window), most)
    except Refused as error:
        first, second = _halves(window, error)
        return _piece(link, entity, most, first).plus(_piece(link, entity, most, second))
    return Reading(records, vendor_count=total)


def announced(link: Link, entity: Entity, lake: str) -> frozenset[str]:
    """None: Salesforce's deleted rows come with their window."""
    return frozenset()


def count(link: Link, entity: Entity, hi: datetime) -> int:
    """How many rows that are not deleted were stamped from `since` on and before `hi`."""
    return _counted(link, entity, Window(link.source.since, hi))


def stamped_since(link: Link, entity: Entity, hi: datetime) -> frozenset[str]:
    """The ids of rows stamped at or after `hi`, deleted ones included."""
    records, _ = whole(link, f"SELECT Id FROM {entity.resource} WHERE SystemModstamp >= {instant(hi)}")
    return frozenset(records)


def ids(link: Link, entity: Entity) -> frozenset[str]:
    """The ids of every row that is not deleted, from `since` on."""
    since = f"SystemModstamp >= {instant(link.source.since)}"
    soql = f"SELECT Id FROM {entity.resource} WHERE {since}"
    try:
        return frozenset(whole(link, soql, "query", most=link.source.bulk_over)[0])
    except ManyError:
        found = bulk.rows(link, entity, since, {"Id": "id"}, ["Id"], "query")
    return frozenset(whole(link, soql, "query")[0] if found is None else found)


def fetch(link: Link, entity: Entity, ids: Iterable[str]) -> Reading:
    """The rows of these ids, as far as they exist."""
    wanted = sorted(ids)
    reading = Reading({})
    for start in range(0, len(wanted), IDS_AT_ONCE):
        listed = ", ".join(f"'{one}'" for one in wanted[start : start + IDS_AT_ONCE])
        records, total = query.rows(link, entity, f"Id IN ({listed})")
        reading = reading.plus(Reading(records, vendor_count=total))
    return reading


def _counted(link: Link, entity: Entity, window: Window) -> int:
    soql = f"SELECT COUNT() FROM {entity.resource} WHERE {within(window)}"
    try:
        return int(link.client.get(data(link, "query"), {"q": soql})["totalSize"])
    except Refused as error:
        return sum(_counted(link, entity, half) for half in _halves(window, error))


def _halves(window: Window, error: Refused) -> tuple[Window, Window]:
    """The window in two, because it was too heavy; any other refusal, or a window of a second, is raised again."""
    seconds = int((window.hi - window.lo).total_seconds())
    if error.code != "QUERY_TIMEOUT" or seconds < 2:
        raise error
    middle = window.lo + timedelta(seconds=seconds // 2)
    return Window(window.lo, middle), Window(middle, window.hi)
