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
ID: Final = "hs_object_id"
LAST_ID: Final = 2**53


@dataclass(frozen=True)
class Span:
    """Records whose number (a stamp in milliseconds, an id) lies from `lo` to `hi`, both included, as is searched."""

    name: str
    lo: int
    hi: int
    also: tuple[Filter, ...] = ()

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What the search is given."""
        bounds = {"value": str(self.lo), "highValue": str(self.hi)}
        return ({"propertyName": self.name, "operator": "BETWEEN", **bounds}, *self.also)

    @property
    def can_be_cut(self) -> bool:
        """Whether it may hold several records: all but a single id."""
        return self.lo < self.hi or self.name != ID

    def halves(self) -> tuple["Span", "Span"]:
        """The span in two; the records of one millisecond are cut by their ids."""
        if self.lo == self.hi:
            return Span(ID, 0, LAST_ID, self.filters).halves()
        middle = (self.lo + self.hi) // 2
        return replace(self, hi=middle), replace(self, lo=middle + 1)


def span(entity: Entity, window: Window, also: tuple[Filter, ...] = ()) -> Span:
    """A window, whose end is left out, as a span, whose end is part of it."""
    return Span(entity.cursor, milliseconds(window.lo), milliseconds(window.hi) - 1, also)


def milliseconds(moment: datetime) -> int:
    """An instant as HubSpot counts."""
    return (moment - EPOCH) // MILLISECOND


def total(link: Link, entity: Entity, within: Span) -> int:
    """How many records the span holds; one that ends before it starts is not asked for."""
    if within.hi < within.lo:
        return 0
    found = int(_search(link, entity, within, 1)["total"])
    # A total that stands exactly at the cap may be the cap.
    if found == link.source.search_cap and within.can_be_cut:
        return sum(total(link, entity, half) for half in within.halves())
    return found


def searched(link: Link, entity: Entity, within: Span, names: Sequence[str]) -> Iterator[Record]:
    """Every record of the span with these properties; halved until a search can show all of a piece.

    Raises:
        Restless: the records changed during every walk.
    """
    pieces = [within] if within.lo <= within.hi else []
    while pieces:
        piece = pieces.pop()
        found = _whole(link, entity, piece, names)
        if found is not None:
            yield from found
        elif piece.can_be_cut:
            pieces += reversed(piece.halves())
        else:
            raise Restless(
                f"HubSpot's {entity.resource} changed during each of {WALKS} searches ({link.instance}): run again at "
                "a quieter time; nothing of this window was kept."
            )


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
        rest = link.source.search_cap - int(after) if after.isdigit() else link.source.search_cap
        size = min(link.source.search_page_size, rest)
        page = _search(link, entity, piece, size, names, after)
        link.client.counts.add(pages=1)
        yield page
        after = following(page)


def _search(
    link: Link, entity: Entity, within: Span, limit: int, names: Sequence[str] = (), after: str = "0"
) -> Mapping[str, Any]:
    """One page of a search; the next request waits, for the portal's limit of searches a second."""
    path = address(link, "objects", entity.resource, "search")
    question = {
        "filterGroups": [{"filters": within.filters}],
        "sorts": [{"propertyName": within.name, "direction": "ASCENDING"}],
        "properties": list(names),
        "limit": limit,
        "after": after,
    }
    page: Mapping[str, Any] = link.client.ask(path, question)
    link.client.lanes.close(1 / link.source.searches_per_second)
    if not {"total", "results"} <= page.keys():
        raise ContractError(f"HubSpot answered {path} without total and results: check the source's URL.")
    return page
