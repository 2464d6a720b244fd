"""HubSpot's search: what was stamped within a span, cut so that no search passes the record it stops showing."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from tasks.errors import ContractError
from tasks.lake.read import EPOCH
from tasks.sources.fieldmap import Entity
from tasks.sources.hubspot_api import address, following
from tasks.sources.vendor import Link, Record, Restless, Window

log = logging.getLogger(__name__)

Filter = Mapping[str, str]
MILLISECOND: Final = timedelta(milliseconds=1)
WALKS: Final = 4  # of one span whose records do not add up
ID: Final = "hs_object_id"  # a number, unlike the `id` of a record


@dataclass(frozen=True)
class Span:
    """Stamps from `lo` to `hi`, both included, in milliseconds, as the search filters; and further filters."""

    lo: int
    hi: int
    also: tuple[Filter, ...] = ()

    def halves(self) -> tuple["Span", "Span"]:
        """The span in two; it must be longer than a millisecond."""
        middle = (self.lo + self.hi) // 2
        return Span(self.lo, middle, self.also), Span(middle + 1, self.hi, self.also)


def span(window: Window, also: tuple[Filter, ...] = ()) -> Span:
    """A window, whose end is left out, as a span, whose end is part of it."""
    return Span(milliseconds(window.lo), milliseconds(window.hi) - 1, also)


def milliseconds(moment: datetime) -> int:
    """An instant as HubSpot counts."""
    return (moment - EPOCH) // MILLISECOND


def total(link: Link, entity: Entity, within: Span) -> int:
    """How many records the span holds."""
    found = int(_search(link, entity, _filters(entity, within), entity.cursor, 1)["total"])
    # A total that stands exactly at the cap may be the cap.
    if found == link.source.search_cap and within.lo < within.hi:
        return sum(total(link, entity, half) for half in within.halves())
    return found


def searched(link: Link, entity: Entity, within: Span, names: Sequence[str]) -> Iterator[Record]:
    """Every record of the span with these properties; halved until a search can show all of a piece.

    Raises:
        Restless: the records of a millisecond changed during every walk.
    """
    pieces = [within]
    while pieces:
        piece = pieces.pop()
        found = _whole(link, entity, piece, names)
        if found is not None:
            yield from found
        elif piece.lo < piece.hi:
            pieces += reversed(piece.halves())
        else:
            yield from _same_stamp(link, entity, piece, names)


def _whole(link: Link, entity: Entity, piece: Span, names: Sequence[str]) -> Iterable[Record] | None:
    """The records of a span by pages; none when they reach the cap, or change during every walk.

    A record that is stamped anew leaves the span and moves all after it one place up, so that the next page skips one:
    the total must be the same on every page, and as many different records must have come. Their order is not
    dependable and not used.
    """
    for _ in range(WALKS):
        found: dict[str, Record] = {}
        totals: set[int] = set()
        for page in _pages(link, entity, piece, names):
            totals.add(int(page["total"]))
            if max(totals) >= link.source.search_cap:
                return None
            found.update((str(record["id"]), record) for record in page["results"])
        if totals == {len(found)}:
            return found.values()
        log.warning("%s: %d of %s %s came, searching again", link.instance, len(found), totals, entity.resource)
    return None


def _pages(link: Link, entity: Entity, piece: Span, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    after = "0"
    while after:
        size = min(link.source.search_page_size, link.source.search_cap - int(after))
        page = _search(link, entity, _filters(entity, piece), entity.cursor, size, names, after)
        link.client.counts.add(pages=1)
        yield page
        after = following(page)


def _same_stamp(link: Link, entity: Entity, piece: Span, names: Sequence[str]) -> Iterable[Record]:
    """The records of one millisecond, each search going on after the greatest id of the one before."""
    for _ in range(WALKS):
        found: dict[str, Record] = {}
        rest, counted = piece, None
        while True:
            page = _search(link, entity, _filters(entity, rest), ID, link.source.search_page_size, names)
            link.client.counts.add(pages=1)
            counted = int(page["total"]) if counted is None else counted
            if not page["results"]:
                break
            found.update((str(record["id"]), record) for record in page["results"])
            rest = replace(piece, also=(*piece.also, _filter(ID, "GT", max(int(key) for key in found))))
        if len(found) == counted or counted == link.source.search_cap:  # at the cap, the total may be the cap
            return found.values()
    raise Restless(
        f"HubSpot's {entity.resource} changed during each of {WALKS} searches ({link.instance}): run again at a "
        "quieter time; nothing of this window was kept."
    )


def _filters(entity: Entity, within: Span) -> list[Filter]:
    bounds = {"value": str(within.lo), "highValue": str(within.hi)}
    return [{"propertyName": entity.cursor, "operator": "BETWEEN", **bounds}, *within.also]


def _filter(name: str, operator: str, value: object) -> Filter:
    return {"propertyName": name, "operator": operator, "value": str(value)}


def _search(
    link: Link,
    entity: Entity,
    filters: Sequence[Filter],
    sort: str,
    limit: int,
    names: Sequence[str] = (),
    after: str = "0",
) -> Mapping[str, Any]:
    """One page of a search; the next request waits, for the portal's limit of searches a second."""
    path = address(link, "objects", entity.resource, "search")
    question = {
        "filterGroups": [{"filters": filters}],
        "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
        "properties": list(names),
        "limit": limit,
        "after": after,
    }
    page: Mapping[str, Any] = link.client.ask(path, question)
    link.client.lanes.close(1 / link.source.searches_per_second)
    if not {"total", "results"} <= page.keys():
        raise ContractError(f"HubSpot answered {path} without total and results: check the source's URL.")
    return page
