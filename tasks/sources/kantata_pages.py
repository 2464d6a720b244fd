"""Walks over Kantata's offset pages, repeated until one saw every record exactly as counted."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tasks.errors import ContractError
from tasks.sources.vendor import Link, Record, Restless

log = logging.getLogger(__name__)

WALKS: Final = 4  # before a walk counts as restless


@dataclass(frozen=True)
class Walk:
    """One pass over all pages: records by id in the vendor's order, what was included, and the counts seen."""

    records: dict[str, Record] = field(default_factory=dict)
    included: dict[str, dict[str, Record]] = field(default_factory=dict)
    counts: set[int] = field(default_factory=set)
    listed: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The vendor's count, as last seen."""
        return max(self.counts, default=0)

    def is_whole(self, has_repeats: bool) -> bool:
        """Whether the count stood still and as many records came; a feed with repeats counts them too."""
        seen = {len(self.records), len(self.listed)} if has_repeats else {len(self.records)}
        return len(self.counts) == 1 and bool(self.counts & seen)


def whole(link: Link, resource: str, params: Mapping[str, str], has_repeats: bool = False) -> Walk | None:
    """A walk in which no record was missed; none when the pages kept shifting.

    Offset pages shift when a record is re-stamped between two of them: the next page then skips one, and the count or
    the number of distinct ids betrays it.
    """
    for _ in range(WALKS):
        walk = _walk(link, resource, params)
        if walk.is_whole(has_repeats):
            return walk
        log.info("%s.%s: records moved while they were read, walking again", link.instance, resource)
    return None


def certain(link: Link, resource: str, params: Mapping[str, str]) -> Walk:
    """A whole walk.

    Raises:
        Restless: the pages kept shifting.
    """
    walk = whole(link, resource, params)
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


def _walk(link: Link, resource: str, params: Mapping[str, str]) -> Walk:
    walk, number = Walk(), 1
    while True:
        page = _page(link, resource, {**params, "per_page": str(link.source.page_size), "page": str(number)})
        link.client.counts.pages += 1
        walk.counts.add(int(page["count"]))
        for reference in page["results"]:  # the order, and what is primary, stand only here
            walk.records[reference["id"]] = page[reference["key"]][reference["id"]]
            walk.listed.append(reference["id"])
        for name, value in page.items():
            if isinstance(value, dict) and name != "meta":
                walk.included.setdefault(name, {}).update(value)
        # `per_page` over the limit is lowered in silence: only the page count that Kantata names is true.
        if number >= int(page["meta"]["page_count"]) or not page["results"]:
            return walk
        number += 1


def _page(link: Link, resource: str, params: Mapping[str, str]) -> Mapping[str, Any]:
    page = link.client.get(resource, params)
    if not isinstance(page, dict) or not {"count", "results", "meta"} <= page.keys():
        raise ContractError(f"Kantata answered {resource} without count, results and meta: check the source's URL.")
    return page
