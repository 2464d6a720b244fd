"""SOQL through the REST API: pages behind locators, and more fields than an address holds in several queries."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote_plus

import orjson

from tasks.lake.typed import payload_text
from tasks.sources.fieldmap import Entity
from tasks.sources.judgement import Refused
from tasks.sources.vendor import Link, Restless, Window

log = logging.getLogger(__name__)

OWN: Final = ("Id", "SystemModstamp", "IsDeleted")
RESTARTS: Final = 4  # of one query whose locator was lost or whose rows do not add up
# Of an address and its headers Salesforce takes 16,384 bytes; a condition of 200 ids is another 5,800.
FIELDS_BYTES: Final = 8_000

Records = dict[str, bytes]


class ManyError(Exception):
    """A query finds more rows than were expected; nothing of it was kept."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.rows = rows


def rows(link: Link, entity: Entity, condition: str, most: int | None = None) -> tuple[Records, int]:
    """Every row that meets the condition by id, deleted ones included, and how many the vendor counted.

    Raises:
        ManyError: the first page tells of more than `most`.
    """
    queries = [f"{one} WHERE {condition}" for one in selects(entity)]
    if len(queries) == 1:
        return whole(link, queries[0], most=most)
    for _ in range(RESTARTS):
        found = _joined([whole(link, query, most=most)[0] for query in queries])
        if found is not None:
            return found, len(found)
        log.warning("%s: rows of %s changed between two queries of their fields", link.instance, entity.name)
    raise Restless(
        f"{entity.resource} has more fields than one query holds, and its rows changed between the queries {RESTARTS} "
        f"times in a row ({link.instance}): run again; nothing of this window was kept."
    )


def _joined(chunks: Sequence[Records]) -> Records | None:
    """The rows that every query of their fields brought, whole; none where two queries saw different versions of one.

    A row that only some of them brought was stamped anew in between: it comes with a later window.
    """
    common = set.intersection(*(set(chunk) for chunk in chunks))
    found: Records = {}
    for key in chunks[0]:
        if key in common:
            parts = [orjson.loads(chunk[key]) for chunk in chunks]
            if len({part["SystemModstamp"] for part in parts}) > 1:
                return None
            found[key] = payload_text({name: value for part in parts for name, value in part.items()})
    return found


def whole(link: Link, soql: str, verb: str = "queryAll", most: int | None = None) -> tuple[Records, int]:
    """Every row of a query by id, and its total; started again when the locator is lost or rows are missing."""
    for _ in range(RESTARTS):
        try:
            records, total = _follow(link, soql, verb, most)
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


def _follow(link: Link, soql: str, verb: str, most: int | None) -> tuple[Records, int]:
    """The pages of one query; only `done` says which is the last."""
    headers = {"Sforce-Query-Options": f"batchSize={link.source.page_size}"}
    page: Any = link.client.get(data(link, verb), {"q": soql}, headers)
    records: Records = {}
    total = int(page["totalSize"])
    if most is not None and total > most:
        raise ManyError(total)
    while True:
        link.client.counts.add(pages=1)
        records.update((record["Id"], payload_text(record)) for record in page["records"])
        if page["done"] or not page.get("nextRecordsUrl"):
            return records, total
        page = link.client.get(page["nextRecordsUrl"], headers=headers)


def select(entity: Entity) -> str:
    """The query for an entity's mapped fields, without a condition."""
    return f"SELECT {', '.join(paths(entity))} FROM {entity.resource}"


def selects(entity: Entity) -> list[str]:
    """The same in as many queries as an address can hold, each with the id and the stamp that join their rows."""
    chunks: list[list[str]] = [[]]
    size = 0
    for group in _together(paths(entity)[len(OWN) :]):
        more = sum(len(quote_plus(f", {path}")) for path in group)
        if chunks[-1] and size + more > FIELDS_BYTES:
            chunks.append([])
            size = 0
        chunks[-1] += group
        size += more
    return [f"SELECT {', '.join((*OWN, *chunk))} FROM {entity.resource}" for chunk in chunks]


def paths(entity: Entity) -> list[str]:
    """Every field to read, those of every object first."""
    return list(dict.fromkeys((*OWN, *(mapped.path for mapped in entity.fields.values()))))


def _together(names: Sequence[str]) -> list[list[str]]:
    """Paths through one relationship stay together: its object comes whole."""
    groups: dict[str, list[str]] = {}
    for path in names:
        groups.setdefault(path.split(".")[0], []).append(path)
    return list(groups.values())


def within(window: Window) -> str:
    """The condition of a window."""
    return f"SystemModstamp >= {instant(window.lo)} AND SystemModstamp < {instant(window.hi)}"


def data(link: Link, path: str) -> str:
    """A path below the pinned version's data."""
    return f"/services/data/v{link.source.api_version}/{path}"


def instant(moment: datetime) -> str:
    """An instant as SOQL takes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
