"""Rocketlane's invoices, which cannot be filtered by updatedAt: all are listed, and the lines of those that may differ.

The list costs a request per hundred invoices, the lines one each: they are read of invoices stamped in the window, and
of those that are not settled, whose amounts may move without a stamp.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from tasks.lake.typed import payload_text
from tasks.sources.ahead import in_order
from tasks.sources.fieldmap import Entity
from tasks.sources.rocketlane_pages import IDS, certain
from tasks.sources.rocketlane_records import STAMP, iso, landed, stamp
from tasks.sources.vendor import Link, Reading, Record, Window

INVOICES: Final = "invoices"
ORDER: Final = {"sortBy": "createdAt", "sortOrder": "ASC"}


def changed_invoices(link: Link, entity: Entity, window: Window) -> Reading:
    """The invoices that were stamped in the window, or before it and are not settled, with their lines."""

    def may_differ(record: Record) -> bool:
        is_open = str(record.get("status")).upper() not in link.source.settled_invoices
        return stamp(record) < window.hi and (is_open or stamp(record) >= window.lo)

    return _with_lines(link, entity, _listed(link, may_differ))


def invoices(link: Link, entity: Entity, ids: frozenset[str]) -> Reading:
    """The invoices of these ids, as far as they exist, with their lines."""
    return _with_lines(link, entity, _listed(link, lambda record: _id(record) in ids))


def invoice_ids(link: Link, since: datetime, hi: datetime | None = None) -> frozenset[str]:
    """The ids of the invoices that were stamped from `since` on, and before `hi`."""
    found = _listed(link, lambda record: since <= stamp(record) and (hi is None or stamp(record) < hi))
    return frozenset(map(_id, found))


def _id(record: Record) -> str:
    return str(record[IDS[INVOICES]])


def _listed(link: Link, is_wanted: Callable[[Record], bool]) -> list[Record]:
    walk = certain(link, INVOICES, ORDER, lambda records, _: [record for record in records if is_wanted(record)])
    return list({_id(record): record for page in walk.pages for record in page.kept}.values())


def _with_lines(link: Link, entity: Entity, found: list[Record]) -> Reading:
    parts = link.fields.parts(entity.name)

    def lines(record: Record) -> dict[str, bytes]:
        resource = f"{INVOICES}/{_id(record)}/lines"
        return {
            key: text for page in certain(link, resource, {}, _rows(record)).pages for key, text in page.kept.items()
        }

    rows: dict[str, bytes] = {}
    for some in in_order(lines, found if parts else (), link.client.concurrency):
        rows.update(some)
    records = {_id(record): payload_text(landed(record)) for record in found}
    return Reading(records, {part.name: rows for part in parts}, len(found))


def _rows(invoice: Record) -> Callable[[list[Record], object], dict[str, bytes]]:
    """The lines of an invoice as rows that name it."""
    added = {"invoice_id": _id(invoice), STAMP: iso(int(invoice["updatedAt"]))}

    def keep(lines: list[Record], _: object) -> dict[str, bytes]:
        rows = [{**landed(line), **added, "id": str(line[IDS["lines"]])} for line in lines]
        return {row["id"]: payload_text(row) for row in rows}

    return keep
