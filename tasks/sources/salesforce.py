"""Salesforce: windows on SystemModstamp through queryAll, deleted rows included."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise, starmap
from typing import Any, Final

from config.settings import SalesforceSource
from tasks.lake.shape import Shape
from tasks.lake.typed import payload_text
from tasks.sources.ahead import in_order
from tasks.sources.client import Client, connected
from tasks.sources.fieldmap import Entity, FieldMap
from tasks.sources.judgement import Refused
from tasks.sources.salesforce_login import has_key
from tasks.sources.salesforce_policy import policy
from tasks.sources.vendor import Finding, Link, Reading, Restless, Window, joined

log = logging.getLogger(__name__)

NAME: Final = "salesforce"
OWN: Final = ("Id", "SystemModstamp", "IsDeleted")
RESTARTS: Final = 4  # of one query whose locator was lost or whose rows do not add up
PIECE: Final = 10_000  # rows of a query
IDS_AT_ONCE: Final = 200  # keeps the address below Salesforce's 16,384 bytes


def connect(instance: str, source: SalesforceSource, sleep: Callable[[float], None]) -> Client:
    """A client with Salesforce's policy; nothing is sent yet."""
    rules = policy(f"BATON_SOURCES__{instance.upper()}__", source)
    return connected(source, rules, sleep)


def order(fields: FieldMap, source: SalesforceSource) -> tuple[str, ...]:
    """Every mapped object, in the map's order."""
    return tuple(name for name, entity in fields.entities.items() if entity.resource)


def shape(entity: Entity) -> Shape:
    """A Salesforce record: Id, SystemModstamp, IsDeleted."""
    return Shape(entity.name, entity.columns, id_path="Id", stamp_path="SystemModstamp", deleted_path="IsDeleted")


def is_windowed(entity: Entity) -> bool:
    """Always: every object has a SystemModstamp."""
    return True


def read(link: Link, entity: Entity, window: Window) -> Reading:
    """Every row stamped within the window, deleted ones included; a large window is read in pieces, several at once."""
    pieces = in_order(partial(_piece, link, entity), _pieces(link, entity, window), link.client.concurrency)
    return joined(list(pieces))


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
    soql = f"SELECT SystemModstamp FROM {entity.resource} WHERE {_within(window)} ORDER BY SystemModstamp LIMIT 1"
    found = link.client.get(_data(link, "queryAll"), {"q": soql})["records"]
    return datetime.fromisoformat(found[0]["SystemModstamp"]).replace(microsecond=0) if found else None


def _piece(link: Link, entity: Entity, window: Window) -> Reading:
    """Every row stamped within the window; one too heavy for Salesforce is halved."""
    try:
        records, total = _query(link, f"{select(entity)} WHERE {_within(window)}")
    except Refused as error:
        first, second = _halves(window, error)
        return _piece(link, entity, first).plus(_piece(link, entity, second))
    return Reading(records, vendor_count=total)


def announced(link: Link, entity: Entity, lake: str) -> frozenset[str]:
    """None: Salesforce's deleted rows come with their window."""
    return frozenset()


def count(link: Link, entity: Entity, hi: datetime) -> int:
    """How many rows that are not deleted were stamped from `since` on and before `hi`."""
    return _counted(link, entity, Window(link.source.since, hi))


def stamped_since(link: Link, entity: Entity, hi: datetime) -> frozenset[str]:
    """The ids of rows stamped at or after `hi`, deleted ones included."""
    records, _ = _query(link, f"SELECT Id FROM {entity.resource} WHERE SystemModstamp >= {_instant(hi)}")
    return frozenset(records)


def ids(link: Link, entity: Entity) -> frozenset[str]:
    """The ids of every row that is not deleted, from `since` on."""
    since = f"SystemModstamp >= {_instant(link.source.since)}"
    records, _ = _query(link, f"SELECT Id FROM {entity.resource} WHERE {since}", verb="query")
    return frozenset(records)


def fetch(link: Link, entity: Entity, ids: Iterable[str]) -> Reading:
    """The rows of these ids, as far as they exist."""
    wanted = sorted(ids)
    reading = Reading({})
    for start in range(0, len(wanted), IDS_AT_ONCE):
        listed = ", ".join(f"'{one}'" for one in wanted[start : start + IDS_AT_ONCE])
        records, total = _query(link, f"{select(entity)} WHERE Id IN ({listed})")
        reading = reading.plus(Reading(records, vendor_count=total))
    return reading


def missing(link: Link, entity: Entity) -> tuple[str, ...]:
    """The mapped fields that the org's describe does not show to this user; names must match to the letter."""
    described = link.client.get(_data(link, f"sobjects/{entity.resource}/describe"))["fields"]
    known = {field["name"] for field in described} | {field.get("relationshipName") for field in described}
    wanted = (*OWN, *(mapped.path for mapped in entity.fields.values()))
    return tuple(f"{entity.resource}.{path}" for path in wanted if path.split(".")[0] not in known)


def findings(link: Link) -> tuple[Finding, ...]:
    """Whether login works, the pinned version is offered, and how much of the day's requests is left."""
    offered = [str(version["version"]) for version in link.client.get("/services/data/")]
    pinned = link.source.api_version
    advice = "offered" if pinned in offered else f"not offered: pin one of {', '.join(offered[-3:])}"
    daily = link.client.get(_data(link, "limits")).get("DailyApiRequests", {})
    left, most = int(daily.get("Remaining", 0)), int(daily.get("Max", 0))
    return (
        Finding("login", True, f"{'private key' if has_key(link.source) else 'client credentials'} accepted"),
        Finding("api version", pinned in offered, f"{pinned} is {advice}"),
        Finding("daily requests", left > most * (1 - link.source.requests_share), f"{left} of {most} left"),
    )


def _counted(link: Link, entity: Entity, window: Window) -> int:
    soql = f"SELECT COUNT() FROM {entity.resource} WHERE {_within(window)}"
    try:
        return int(link.client.get(_data(link, "query"), {"q": soql})["totalSize"])
    except Refused as error:
        return sum(_counted(link, entity, half) for half in _halves(window, error))


def _halves(window: Window, error: Refused) -> tuple[Window, Window]:
    """The window in two, because it was too heavy; any other refusal, or a window of a second, is raised again."""
    seconds = int((window.hi - window.lo).total_seconds())
    if error.code != "QUERY_TIMEOUT" or seconds < 2:
        raise error
    middle = window.lo + timedelta(seconds=seconds // 2)
    return Window(window.lo, middle), Window(middle, window.hi)


def _query(link: Link, soql: str, verb: str = "queryAll") -> tuple[dict[str, bytes], int]:
    """Every row of a query by id, and its total; started again when the locator is lost or rows are missing."""
    for _ in range(RESTARTS):
        try:
            records, total = _follow(link, soql, verb)
        except Refused as error:
            if error.code != "INVALID_QUERY_LOCATOR":
                raise
            continue
        if len(records) == total:
            return records, total
        log.warning("%s: %d rows of %d came, reading the window again", link.instance, len(records), total)
    raise Restless(
        f"Salesforce did not return the rows it counted, {RESTARTS} times in a row ({link.instance}): run again; "
        "nothing of this window was kept."
    )


def _follow(link: Link, soql: str, verb: str) -> tuple[dict[str, bytes], int]:
    """The pages of one query; only `done` says which is the last."""
    headers = {"Sforce-Query-Options": f"batchSize={link.source.page_size}"}
    page: Any = link.client.get(_data(link, verb), {"q": soql}, headers)
    records: dict[str, bytes] = {}
    total = int(page["totalSize"])
    while True:
        link.client.counts.add(pages=1)
        records.update((record["Id"], payload_text(record)) for record in page["records"])
        if page["done"] or not page.get("nextRecordsUrl"):
            return records, total
        page = link.client.get(page["nextRecordsUrl"], headers=headers)


def _within(window: Window) -> str:
    return f"SystemModstamp >= {_instant(window.lo)} AND SystemModstamp < {_instant(window.hi)}"


def select(entity: Entity) -> str:
    """The query for an entity's mapped fields, without a condition."""
    paths = dict.fromkeys((*OWN, *(mapped.path for mapped in entity.fields.values())))
    return f"SELECT {', '.join(paths)} FROM {entity.resource}"


def _data(link: Link, path: str) -> str:
    return f"/services/data/v{link.source.api_version}/{path}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
