"""What a vendor module offers, so that the pull needs to know nothing else about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from tasks.errors import ContractError
from tasks.lake.shape import Shape
from tasks.sources.counts import Counts
from tasks.sources.fieldmap import Entity, FieldMap


class Closing(Protocol):
    """Something that is closed."""

    def close(self) -> None:
        """End it."""


class Restless(ContractError):
    """The records changed during every attempt to read them."""


Record = Mapping[str, Any]
Scope = Literal["window", "whole", "feed"]


@dataclass(frozen=True)
class Window:
    """`lo` inclusive, `hi` exclusive, in whole seconds; `rows` is the vendor's count where it was asked for, else 0."""

    lo: datetime
    hi: datetime
    rows: int = 0


@dataclass(frozen=True)
class Link:
    """An open line to one configured instance."""

    instance: str
    source: Any  # the vendor's own settings, e.g. config.settings.KantataSource
    fields: FieldMap
    client: Any  # the vendor's own `Line`, e.g. a Client


@dataclass(frozen=True)
class Reading:
    """What a vendor returned: records by id, the parts that came with them by entity and id, and the vendor's count.

    Records and parts are payload texts (`tasks.lake.typed.payload_text`): they take a fraction of an object's memory.
    `scope` says what an absent record means: of a window nothing, of a whole reading that it is deleted, of a feed
    that it is over. `is_available` is false when the vendor does not offer the entity to this account: go on without.
    """

    records: Mapping[str, bytes] = field(repr=False)
    parts: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict, repr=False)
    vendor_count: int = 0
    scope: Scope = "window"
    is_available: bool = True

    def plus(self, other: "Reading") -> "Reading":
        """Both readings as one; of a record in both, the other's version."""
        return joined([self, other])


def joined(readings: Sequence[Reading]) -> Reading:
    """Readings of one entity as one; of a record in several, the last one's version."""
    records = {key: text for reading in readings for key, text in reading.records.items()}
    parts: dict[str, dict[str, bytes]] = {}
    for reading in readings:
        for name, rows in reading.parts.items():
            parts.setdefault(name, {}).update(rows)
    return Reading(records, parts, sum(reading.vendor_count for reading in readings), readings[0].scope)


class Line(Protocol):
    """What the pull asks of a line, whether HTTP or tables are behind it."""

    attempts: int  # of one request
    counts: Counts

    @property
    def session(self) -> Closing:
        """What is closed at the end."""

    def begin(self) -> None:
        """A new reading begins: its deadline starts."""

    def abandon(self) -> None:
        """Let nothing more begin: the pull has failed."""


@dataclass(frozen=True)
class Finding:
    """One line of `baton doctor`."""

    subject: str
    is_ok: bool
    message: str


class Vendor(Protocol):
    """A vendor module; adding a source is writing one and naming it in `SOURCES`."""

    NAME: str

    def connect(self, instance: str, source: Any, sleep: Callable[[float], None]) -> Line:
        """A line with this vendor's policy; nothing is sent yet."""

    def order(self, fields: FieldMap, source: Any) -> tuple[str, ...]:
        """The entities to pull, in order; parts ride along with their parents."""

    def shape(self, entity: Entity) -> Shape:
        """Where id, stamp, deletion mark and columns stand in a record."""

    def is_windowed(self, entity: Entity) -> bool:
        """Whether the entity is read by windows of a stamp that also its count can be cut by."""

    def read(self, link: Link, entity: Entity, window: Window) -> Reading:
        """Every record stamped within the window; of an entity without a cursor, every record there is."""

    def announced(self, link: Link, entity: Entity, lake: str) -> frozenset[str]:
        """Ids that the vendor has announced as deleted."""

    def count(self, link: Link, entity: Entity, hi: datetime) -> int:
        """How many records that are not deleted were stamped from the source's `since` on and before `hi`."""

    def stamped_since(self, link: Link, entity: Entity, hi: datetime) -> frozenset[str]:
        """The ids of records stamped at or after `hi`, deleted ones included."""

    def deleted_since(self, link: Link, entity: Entity, since: datetime, until: datetime) -> frozenset[str]:
        """Ids that the vendor's own log says were deleted in between and not restored; none where it keeps no log."""

    def ids(self, link: Link, entity: Entity) -> frozenset[str]:
        """The ids of every record that is not deleted, stamped from the source's `since` on."""

    def fetch(self, link: Link, entity: Entity, ids: Iterable[str]) -> Reading:
        """The records of these ids, as far as they exist."""

    def missing(self, link: Link, entity: Entity) -> tuple[str, ...]:
        """The mapped fields that the vendor does not show, each with its object, e.g. `Account.Segment__c`."""

    def findings(self, link: Link) -> tuple[Finding, ...]:
        """What `baton doctor` says about the account itself: credentials, version, limits."""
