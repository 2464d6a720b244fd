"""What a window cannot show: records that vanished from the source, and records that a window missed."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from config.policy import policy
from tasks.errors import ContractError
from tasks.lake.read import cursor, live, live_count
from tasks.sources.fieldmap import Entity
from tasks.sources.vendor import Link, Reading, Restless, Vendor

log = logging.getLogger(__name__)

DAY: Final = timedelta(days=1)  # what was deleted shortly before the last pull may have shown only after it


@dataclass(frozen=True)
class Difference:
    """Ids the lake holds and the vendor no longer has, records the vendor has and the lake missed, and a refusal.

    `refusal` is set when too much vanished at once: nothing may be deleted then, and the pull must say so.
    """

    vanished: frozenset[str] = frozenset()
    missed: Reading = Reading({})  # noqa: RUF009 (frozen)
    refusal: ContractError | None = None


NOTHING: Final = Difference()


def against_count(
    vendor: Vendor, link: Link, entity: Entity, lake: str, hi: datetime, reading: Reading, gone: frozenset[str]
) -> Difference:
    """Compare the vendor's count below `hi` with what the lake will hold; read the ids only when they differ.

    Args:
        vendor: The vendor's module.
        link: The line to it.
        entity: An entity with a cursor.
        lake: The lake's root.
        hi: The end of the window.
        reading: What the window brought.
        gone: Ids that it or an event showed as deleted.
    """
    theirs = vendor.count(link, entity, hi)
    ours = live_count(lake, link.instance, entity.name, stamped_before=hi, also=reading.records, without=gone)
    if theirs == ours:
        return NOTHING
    held = (live(lake, link.instance, entity.name, stamped_before=hi) | frozenset(reading.records)) - gone
    try:
        recent = vendor.stamped_since(link, entity, hi)
        known = held - recent
        if theirs == len(known):
            return NOTHING
        removed = _removed(vendor, link, entity, lake, hi) & known - frozenset(reading.records)
        if removed and theirs == len(known - removed):
            # Said by the vendor, and no mere absence: `guarded` has nothing to ask. Rows that can still be read come
            # themselves, since a merge's loser names its winner.
            return Difference(removed, vendor.fetch(link, entity, removed))
        return _explained(vendor, link, entity, known, recent | gone, len(held))
    except Restless:
        log.warning("%s.%s: counts differ and ids kept moving, compared next time", link.instance, entity.name)
        return NOTHING


def _removed(vendor: Vendor, link: Link, entity: Entity, lake: str, hi: datetime) -> frozenset[str]:
    """What the vendor's log of deletions says, from before the last pull on."""
    since = cursor(lake, link.instance, entity.name)
    if since is None:
        return frozenset()
    return vendor.deleted_since(link, entity, since - DAY, hi + timedelta(seconds=link.source.lag_seconds))


def _explained(
    vendor: Vendor, link: Link, entity: Entity, known: frozenset[str], others: frozenset[str], held: int
) -> Difference:
    """Why the counts differ, id by id.

    Args:
        vendor: The vendor's module.
        link: The line to it.
        entity: An entity with a cursor.
        known: The ids that its count should be of.
        others: Ids that may be there without being counted: they come with the next window, or are gone.
        held: How many the lake holds.
    """
    there = vendor.ids(link, entity)
    missed = there - known - others
    found = vendor.fetch(link, entity, missed) if missed else Reading({})
    return guarded(link, entity, known - there, held, found)


def against_everything(link: Link, entity: Entity, lake: str, reading: Reading) -> Difference:
    """What the lake holds of an entity that was read whole, and the reading does not."""
    held = live(lake, link.instance, entity.name)
    return guarded(link, entity, held - frozenset(reading.records), len(held), Reading({}))


def guarded(link: Link, entity: Entity, vanished: frozenset[str], held: int, missed: Reading) -> Difference:
    """Refuse when more vanished than the policy allows: a lost permission looks the same. One record always may."""
    limit = policy().quality.mass_delete_stop_pct
    if len(vanished) <= 1 or len(vanished) * 100 <= held * limit:
        return Difference(vanished, missed)
    return Difference(
        frozenset(),
        missed,
        ContractError(
            f"{len(vanished)} of {held} records of {link.instance}.{entity.name} vanished at once, more than "
            f"quality.mass_delete_stop_pct ({limit:g} %): none was marked deleted. If a permission was lost, restore "
            "it; if they were deleted, raise the limit in config/policy.yaml for one run."
        ),
    )
