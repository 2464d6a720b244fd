"""Walks over Kantata's offset pages, repeated until one saw every record exactly as counted."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, Final, Generic, TypeVar

from tasks.errors import ContractError
from tasks.sources.ahead import in_order
from tasks.sources.kantata_parts import Included
from tasks.sources.vendor import Link, Record, Restless

log = logging.getLogger(__name__)

WALKS: Final = 4  # before a walk counts as restless

Kept = TypeVar("Kept")
Keep = Callable[[list[Record], Included], Kept]  # what a walk keeps of a page's records and what it includes


@dataclass(frozen=True)
class Page(Generic[Kept]):
    """What is kept of one page, its ids in the vendor's order, and the numbers it names."""

    kept: Kept
    listed: list[str]
    count: int
    page_count: int


@dataclass(frozen=True)
class Walk(Generic[Kept]):
    """One pass over all pages, in their order."""

    pages: list[Page[Kept]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The vendor's count, as last seen."""
        return max((page.count for page in self.pages), default=0)

    @property
    def ids(self) -> frozenset[str]:
        """Every id that was listed."""
        return frozenset(chain.from_iterable(page.listed for page in self.pages))

    def is_whole(self, has_repeats: bool) -> bool:
        """Whether the count stood still and as many records came; a feed with repeats counts them too."""
        counts, listed = {page.count for page in self.pages}, sum(len(page.listed) for page in self.pages)
        seen = {len(self.ids), listed} if has_repeats else {len(self.ids)}
        return len(counts) == 1 and bool(counts & seen)


def whole(
    link: Link, resource: str, params: Mapping[str, str], keep: Keep[Kept], has_repeats: bool = False
) -> Walk[Kept] | None:
    """A walk in which no record was missed; none when the pages kept shifting.

    Offset pages shift when a record is re-stamped between two of them: the next page then skips one, and the count or
    the number of distinct ids betrays it.
    """
    for _ in range(WALKS):
        walk = _walk(link, resource, params, keep)
        if walk.is_whole(has_repeats):
            return walk
        log.info("%s.%s: records moved while they were read, walking again", link.instance, resource)
    return None


def certain(link: Link, resource: str, params: Mapping[str, str], keep: Keep[Kept]) -> Walk[Kept]:
    """A whole walk.

    Raises:
        Restless: the pages kept shifting.
    """
    walk = whole(link, resource, params, keep)
    if walk is None:
        raise restless(link, resource)
    return walk


def restless(link: Link, resource: str) -> Restless:
    """The error of pages that never stood still."""
    return Restless(
        f"Kantata's {resource} changed during each of {WALKS} walks ({link.instance}): run again at a quieter time; "
        "nothing of this window was kept."
    )


def counted(link: Link, resource: str, params: Mapping[str, str]) -> int:
    """The vendor's count for a filter, at the cost of one small page."""
    return int(_page(link, resource, {**params, "per_page": "1"})["count"])


def _walk(link: Link, resource: str, params: Mapping[str, str], keep: Keep[Kept]) -> Walk[Kept]:
    """Every page; those after the first are asked for several at a time."""
    ask = partial(_kept, link, resource, params, keep)
    first = ask(1)
    # `per_page` over the limit is lowered in silence: only the page count that Kantata names is true.
    return Walk([first, *in_order(ask, range(2, first.page_count + 1), link.client.concurrency)])


def _kept(link: Link, resource: str, params: Mapping[str, str], keep: Keep[Kept], number: int) -> Page[Kept]:
    page = _page(link, resource, {**params, "per_page": str(link.source.page_size), "page": str(number)})
    link.client.counts.add(pages=1)
    results = page["results"]  # the order, and what is primary, stand only here
    records = [page[reference["key"]][reference["id"]] for reference in results]
    listed = [reference["id"] for reference in results]
    return Page(keep(records, page), listed, int(page["count"]), int(page["meta"]["page_count"]))


def _page(link: Link, resource: str, params: Mapping[str, str]) -> Mapping[str, Any]:
    page = link.client.get(resource, params)
    if not isinstance(page, dict) or not {"count", "results", "meta"} <= page.keys():
        raise ContractError(f"Kantata answered {resource} without count, results and meta: check the source's URL.")
    return page
