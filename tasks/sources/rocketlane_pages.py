"""Walks over Rocketlane's pages, repeated until one saw every record exactly as counted.

A page token dies after 15 minutes and cannot be renewed: the walk begins again from its first page.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from tasks.errors import ContractError
from tasks.sources.judgement import Refused
from tasks.sources.kantata_pages import WALKS, Keep, Kept, Page, Walk
from tasks.sources.vendor import Link, Record, Restless

log = logging.getLogger(__name__)

# What tells two records of a resource apart.
IDS: Final[Mapping[str, str]] = {
    "projects": "projectId",
    "tasks": "taskId",
    "time-entries": "timeEntryId",
    "phases": "phaseId",
    "invoices": "invoiceId",
    "lines": "invoiceLineItemId",
    "time-offs": "timeOffId",
    "users": "userId",
    "fields": "fieldId",
}


class Expired(ContractError):
    """A page token died while its pages were being read."""


def whole(link: Link, resource: str, params: Mapping[str, str], keep: Keep[Kept]) -> Walk[Kept] | None:
    """A walk in which no record was missed; none when the pages kept shifting or their tokens kept dying."""
    for _ in range(WALKS):
        try:
            walk = _walk(link, resource, params, keep)
        except Expired:
            log.info("%s.%s: a page token expired, walking again", link.instance, resource)
            continue
        if walk.is_whole(has_repeats=False):
            return walk
        log.info("%s.%s: records moved while they were read, walking again", link.instance, resource)
    return None


def certain(link: Link, resource: str, params: Mapping[str, str], keep: Keep[Kept]) -> Walk[Kept]:
    """A whole walk.

    Raises:
        Restless: the pages kept shifting, or their tokens kept dying.
    """
    walk = whole(link, resource, params, keep)
    if walk is None:
        raise restless(link, resource)
    return walk


def restless(link: Link, resource: str) -> Restless:
    """The error of pages that never stood still."""
    return Restless(
        f"Rocketlane's {resource} changed or their page tokens expired during each of {WALKS} walks ({link.instance}): "
        "run again at a quieter time; nothing of this window was kept."
    )


def counted(link: Link, resource: str, params: Mapping[str, str]) -> int:
    """The vendor's count for a filter, at the cost of one small page."""
    return int(_page(link, resource, {**params, "pageSize": "1"})["pagination"]["totalRecordCount"])


def _walk(link: Link, resource: str, params: Mapping[str, str], keep: Keep[Kept]) -> Walk[Kept]:
    """Every page, one after the other: each names the token of the next."""
    pages: list[Page[Kept]] = []
    token: dict[str, str] = {}
    while True:
        asked = {**params, "pageSize": str(link.source.page_size), **token}
        try:
            page = _page(link, resource, asked)
        except Refused as refused:
            if token and refused.code == str(link.source.expired_page_token_status):
                raise Expired(f"Rocketlane's page token for {resource} expired: run again.") from None
            raise
        link.client.counts.add(pages=1)
        pages.append(_kept(resource, page, keep))
        if not page["pagination"].get("hasMore"):
            return Walk(pages)
        # `nextPage` is an address with another parameter (`limit`): the token alone is followed.
        following = page["pagination"].get("nextPageToken")
        if not following:
            raise ContractError(f"Rocketlane answered {resource} with hasMore and no nextPageToken: report it to them.")
        token = {"pageToken": str(following)}


def _kept(resource: str, page: Mapping[str, Any], keep: Keep[Kept]) -> Page[Kept]:
    records: list[Record] = page["data"]
    name = IDS[resource.rpartition("/")[2]]
    try:
        listed = [str(record[name]) for record in records]
    except (KeyError, TypeError):
        raise ContractError(f"Rocketlane gave {resource} without {name}: report it; nothing was kept.") from None
    return Page(keep(records, {}), listed, int(page["pagination"]["totalRecordCount"]), 0)


def _page(link: Link, resource: str, params: Mapping[str, str]) -> Mapping[str, Any]:
    page = link.client.get(resource, params)
    try:
        page["data"], page["pagination"]["totalRecordCount"]
    except (KeyError, TypeError):
        raise ContractError(
            f"Rocketlane answered {resource} without data and totalRecordCount: check the source's URL."
        ) from None
    found: Mapping[str, Any] = page
    return found
