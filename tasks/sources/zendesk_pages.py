"""Zendesk's pages: lists by cursor, and the incremental export of tickets until its end of stream."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tasks.errors import ContractError
from tasks.sources.vendor import Link, Record

EXPORT: Final = "incremental/tickets/cursor.json"
SIDELOADS: Final[Mapping[str, str]] = {"tickets": "metric_sets"}  # what comes with a record only when it is asked for


def listed(link: Link, resource: str, params: Mapping[str, str] | None = None, size: int = 0) -> Iterator[list[Record]]:
    """The pages of a list; with `size`, one page of so many records."""
    asked = {**(params or {}), **sideloads(resource), "page[size]": str(size or link.source.page_size)}
    after: dict[str, str] = {}
    while True:
        page = _page(link, resource, f"{resource}.json", {**asked, **after})
        yield page[resource]
        meta = page.get("meta") or {}
        if size or not meta.get("has_more"):
            return
        after = _next(resource, after, "page[after]", meta.get("after_cursor"))


def exported(link: Link, since: datetime) -> Iterator[list[Record]]:
    """The pages of every ticket changed since an instant, deleted ones too.

    A ticket that changes meanwhile comes again on a later page, and any ticket may: the newest counts.
    """
    asked = {**sideloads("tickets"), "per_page": str(link.source.export_page_size)}
    place = {"start_time": str(int(since.timestamp()))}
    while True:
        page = _page(link, "tickets", EXPORT, {**asked, **place})
        yield page["tickets"]
        if page.get("end_of_stream"):
            return
        place = _next("tickets", place, "cursor", page.get("after_cursor"))


def sideloads(resource: str) -> dict[str, str]:
    """The parameter that asks for what comes with the records."""
    return {"include": SIDELOADS[resource]} if resource in SIDELOADS else {}


def _next(resource: str, before: Mapping[str, str], name: str, cursor: Any) -> dict[str, str]:
    """The place after a page that is not the last; a cursor that stands still would be followed for ever."""
    if not cursor or before.get(name) == cursor:
        raise ContractError(f"Zendesk gave {resource} a page without an end and without a new cursor: run again.")
    return {name: str(cursor)}


def _page(link: Link, resource: str, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
    page = link.client.get(path, params)
    if not isinstance(page, dict) or not isinstance(page.get(resource), list):
        raise ContractError(f"Zendesk answered {path} without {resource}: check the source's URL.")
    link.client.counts.add(pages=1)
    return page
