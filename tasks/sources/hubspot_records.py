"""HubSpot's records in one form, whichever way they came: a list, a search or a batch read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tasks.errors import ContractError
from tasks.sources import hubspot_api as api
from tasks.sources.fieldmap import Entity
from tasks.sources.hubspot_parts import stamped
from tasks.sources.hubspot_search import Filter, searched, span
from tasks.sources.vendor import Link, Record, Window


def listed(link: Link, entity: Entity, window: Window) -> Iterator[Record]:
    """The records stamped within the window, from the list of all that are not archived."""
    for record in _complete(link, entity, lambda names: api.listed(link, entity, names, is_archived=False)):
        if window.lo <= moment(record["updated_at"]) < window.hi:
            yield record


def stamped_within(link: Link, entity: Entity, window: Window, *also: Filter) -> Iterator[Record]:
    """The records stamped within the window, and passing the filters, from a search."""
    within = span(entity, window, also)
    for record in _complete(link, entity, lambda names: searched(link, entity, within, names)):
        # The search cuts its bounds to milliseconds: a record just before them may come.
        if window.lo <= moment(record["updated_at"]) < window.hi:
            yield record


def archived(link: Link, entity: Entity) -> Iterator[Record]:
    """Every archived record, from `since` on; HubSpot shows them for 90 days."""
    walk = api.listed(link, entity, _short(link, entity), is_archived=True)
    return (record for record in plain(entity, walk) if moment(record["updated_at"]) >= since(link))


def _complete(link: Link, entity: Entity, walk: Callable[[Sequence[str]], Iterable[Record]]) -> Iterator[Record]:
    """The walk's records with every mapped property; too many for its requests are read in a second step."""
    names = api.properties(entity)
    if api.fits(link, names):
        return plain(entity, walk(names))
    found = [str(record["id"]) for record in walk((entity.cursor,))]
    return plain(entity, api.batch_read(link, entity, found))


def _short(link: Link, entity: Entity) -> tuple[str, ...]:
    names = api.properties(entity)
    return names if api.fits(link, names) else (entity.cursor,)


def plain(entity: Entity, records: Iterable[Record]) -> Iterator[Record]:
    """Records with the mapped properties only, the same whichever way they came, their stamp set apart.

    Raises:
        ContractError: a record lacks its id or stamp.
    """
    names = api.properties(entity)[1:]
    for record in records:
        values: Mapping[str, Any] = record.get("properties") or {}
        updated = values.get(entity.cursor) or record.get("updatedAt")
        if not record.get("id") or not updated:
            raise ContractError(
                f"HubSpot gave a record of {entity.resource} without id or {entity.cursor}: report it to HubSpot; "
                "nothing of this window was kept."
            )
        yield stamped(
            {
                "id": str(record["id"]),
                "properties": {name: values.get(name) for name in names},
                "createdAt": record.get("createdAt"),
                "updatedAt": updated,
                "archived": bool(record.get("archived")),
                "archivedAt": record.get("archivedAt"),
            }
        )


def since(link: Link) -> datetime:
    """The stamp from which on records are read."""
    first: datetime = link.source.since
    return first


def moment(text: str) -> datetime:
    """An instant as HubSpot writes it."""
    return datetime.fromisoformat(text)
