"""What changed in one entity since the last pull goes from the vendor into the lake."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Final

from config.settings import Settings
from tasks.errors import ConfigError
from tasks.lake.read import cursor
from tasks.sources.ahead import in_order
from tasks.sources.check import is_absent, require_fields
from tasks.sources.fieldmap import Entity
from tasks.sources.landing import Landed, Landing, land
from tasks.sources.link import configured, linked
from tasks.sources.table_map import fields_of
from tasks.sources.vendor import Link, Reading, Vendor, Window

log = logging.getLogger(__name__)

Slice = tuple[Window, Reading]

SLICE: Final = 100_000  # records committed at once by a first pull, which holds two slices in memory


@dataclass(frozen=True)
class Pulled:
    """What one pull did; rows include the parts that came along.

    `appended` counts versions, those marking a deletion (`deleted`) among them; `vendor_count` is the vendor's own
    count of what was asked for; `seconds` is how long it took, waiting included.
    """

    instance: str
    entity: str
    lo: datetime
    hi: datetime
    rows_read: int = 0
    appended: int = 0
    unchanged: int = 0
    deleted: int = 0
    requests: int = 0
    pages: int = 0
    retries: int = 0
    vendor_count: int = 0
    seconds: float = 0.0


def entities(instance: str, settings: Settings) -> tuple[str, ...]:
    """The entities of an instance in the order to pull them; parts ride along with their parents."""
    vendor, source = configured(instance, settings)
    return vendor.order(fields_of(source), source)


def pull(
    instance: str,
    entity: str,
    *,
    settings: Settings,
    now: datetime,
    run_id: str,
    window: Window | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Pulled:
    """Read what changed since the last pull into the lake; a second pull of the same changes nothing.

    Args:
        instance: The configured source.
        entity: One of `entities`.
        settings: Where the source and the lake are.
        now: The start of the run: `_extracted_at` of what is new.
        run_id: The run, noted on every version.
        window: Re-read this instead; counts are not compared and the cursor never moves back.
        sleep: How to wait between attempts.

    Raises:
        BatonError: the source could not be read or the lake refused; nothing of the window is kept, unless the error
            says that only deletions were refused.
    """
    started = time.monotonic()
    with linked(instance, settings, sleep) as (vendor, link):
        mapped = link.fields[entity]
        if mapped.part_of:
            raise ConfigError(f"{instance}.{entity} comes with {mapped.part_of}: pull that instead.")
        reached = cursor(settings.lake, instance, entity)
        span = window or _next(link, reached, now)
        if span.hi <= span.lo:
            log.warning("%s.%s is read up to %s already: nothing to do at this clock", instance, entity, span.lo)
            return Pulled(instance, entity, span.lo, span.hi)
        if reached is None and is_absent(vendor, link, mapped):
            log.info("%s has no %s: %s is left out", instance, mapped.resource, entity)
            return Pulled(instance, entity, span.lo, span.hi)
        require_fields(vendor, link, mapped)
        landing = Landing(vendor, link, settings.lake, now, run_id)
        is_first = reached is None and vendor.is_windowed(mapped)
        slices = _slices(vendor, link, mapped, span) if is_first else (span,)
        landed: list[Landed] = []
        with _read_ahead(landing, mapped, slices) as readings:
            for part, reading in readings:
                is_compared = (window is None and part.hi == span.hi) or reading.scope == "whole"
                if reading.is_available:
                    landed.append(land(landing, mapped, reading, part.hi, is_compared=is_compared))
        refusals = [one.refusal for one in landed if one.refusal]
        if refusals:
            raise refusals[0]
        return _told(link, entity, span, landed, time.monotonic() - started)


def _next(link: Link, reached: datetime | None, now: datetime) -> Window:
    """From shortly before the cursor to shortly before now, in whole seconds, as the vendors' filters are."""
    hi = (now.astimezone(UTC) - timedelta(seconds=link.source.lag_seconds)).replace(microsecond=0)
    if reached is None:
        return Window(link.source.since.astimezone(UTC).replace(microsecond=0), hi)
    if hi < reached:
        return Window(reached, hi)
    return Window(reached - timedelta(seconds=link.source.overlap_seconds), hi)


def _slices(vendor: Vendor, link: Link, entity: Entity, span: Window) -> Iterator[Window]:
    """The window in pieces of at most SLICE records by the vendor's count, oldest first."""
    below = cache(partial(vendor.count, link, entity))
    waiting = [span]
    while waiting:
        one = waiting.pop()
        seconds = int((one.hi - one.lo).total_seconds())
        rows = below(one.hi) - below(one.lo)
        if seconds < 2 or rows <= SLICE:
            yield Window(one.lo, one.hi, rows)
            continue
        middle = one.lo + timedelta(seconds=seconds // 2)
        waiting += [Window(middle, one.hi), Window(one.lo, middle)]


@contextmanager
def _read_ahead(landing: Landing, entity: Entity, slices: Iterable[Window]) -> Iterator[Iterable[Slice]]:
    """Each slice as read; the next one is read while one lands."""
    client = landing.link.client

    def read(part: Window) -> Slice:
        client.begin()
        return part, landing.vendor.read(landing.link, entity, part)

    with closing(in_order(read, slices, 1)) as readings:
        try:
            yield readings
        except BaseException:
            client.abandon()
            raise


def _told(link: Link, entity: str, span: Window, landed: Sequence[Landed], seconds: float) -> Pulled:
    counts = link.client.counts
    written = [commit for one in landed for commit in one.written]
    return Pulled(
        link.instance, entity, span.lo, span.hi,
        rows_read=sum(one.rows_read for one in landed),
        appended=sum(one.appended for one in written),
        unchanged=sum(one.unchanged for one in written),
        deleted=sum(one.deleted for one in written),
        requests=counts.requests, pages=counts.pages, retries=counts.retries,
        vendor_count=sum(one.vendor_count for one in landed), seconds=seconds,
    )  # fmt: skip
