"""One reading lands in the lake: typed, compared with the vendor's count, parts first, then data with cursor."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from tasks.errors import ContractError
from tasks.lake.append import Appended, append
from tasks.lake.deletions import live_children, tombstones
from tasks.lake.typed import rows
from tasks.sources.fieldmap import Entity
from tasks.sources.reconcile import NOTHING, Difference, against_count, against_everything
from tasks.sources.vendor import Link, Reading, Vendor

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Landing:
    """Where readings of one pull land, and under which run and clock."""

    vendor: Vendor
    link: Link
    lake: str
    now: datetime
    run_id: str

    def typed(self, entity: Entity, payloads: Iterable[bytes]) -> pa.Table:
        """Records as rows of the lake."""
        return rows(self.vendor.shape(entity), list(payloads), at=self.now, run_id=self.run_id)

    def graves(self, entity: Entity, ids: Iterable[str]) -> pa.Table:
        """The last states of ids that are gone, marked deleted."""
        shape = self.vendor.shape(entity)
        return tombstones(self.lake, self.link.instance, shape, ids, at=self.now, run_id=self.run_id)

    def append(self, entity: Entity, batch: pa.Table, hi: datetime) -> Appended:
        """One commit of an entity's new versions and cursor."""
        return append(self.lake, self.link.instance, entity.name, batch, hi=hi, details={"run_id": self.run_id})


@dataclass(frozen=True)
class Landed:
    """Rows read in the end and counted by the vendor, what each commit added, and a refusal to raise at the end."""

    rows_read: int
    vendor_count: int
    written: tuple[Appended, ...]
    refusal: ContractError | None


def land(landing: Landing, entity: Entity, reading: Reading, hi: datetime, *, is_compared: bool) -> Landed:
    """Put a reading into the lake, with what it proves deleted.

    Parts go first: should the process die before the entity's own commit, its cursor stands and all is read again.

    Args:
        landing: Where to.
        entity: What was read.
        reading: The records and their parts.
        hi: The new cursor.
        is_compared: Whether the vendor's count must be met: only where the reading reaches up to the present.
    """
    batch = landing.typed(entity, reading.records.values())
    difference = _difference(landing, entity, hi, reading, batch) if is_compared else NOTHING
    if difference.missed.records:
        missed = difference.missed.records
        log.info("%s.%s: %d missed before, read now", landing.link.instance, entity.name, len(missed))
        reading = reading.plus(difference.missed)
        batch = pa.concat_tables([batch, landing.typed(entity, missed.values())])
    gone = landing.vendor.announced(landing.link, entity, landing.lake) | difference.vanished
    graves = landing.graves(entity, gone - frozenset(reading.records))
    parts = landing.link.fields.parts(entity.name)
    written = [landing.append(part, _parts(landing, part, reading, graves), hi) for part in parts]
    written.append(landing.append(entity, pa.concat_tables([batch, graves]), hi))
    rows_read = len(reading.records) + sum(len(some) for some in reading.parts.values())
    return Landed(rows_read, reading.vendor_count, tuple(written), difference.refusal)


def _difference(landing: Landing, entity: Entity, hi: datetime, reading: Reading, batch: pa.Table) -> Difference:
    """What vanished and what was missed; a feed of events has nothing to compare."""
    if reading.scope == "feed":
        return NOTHING
    if reading.scope == "whole":
        return against_everything(landing.link, entity, landing.lake, reading)
    marked = frozenset(batch.filter(batch["_deleted"])["id"].to_pylist())
    gone = landing.vendor.announced(landing.link, entity, landing.lake) | marked
    return against_count(landing.vendor, landing.link, entity, landing.lake, hi, reading, gone)


def _parts(landing: Landing, part: Entity, reading: Reading, graves: pa.Table) -> pa.Table:
    """The parts that came, and deletions of those that their re-read or deleted parents no longer have."""
    came = reading.parts.get(part.name, {})
    link_column = next(iter(part.fields))  # a part's first mapped column names its parent
    parents = frozenset(reading.records) | frozenset(graves["id"].to_pylist())
    shape = landing.vendor.shape(part)
    before = live_children(landing.lake, landing.link.instance, shape, link_column, parents)
    return pa.concat_tables([landing.typed(part, came.values()), landing.graves(part, before - frozenset(came))])
