"""Every record of every system the pretend company uses, with its whole history.

The servers show the state as of their clock, so a pull made "a month ago" sees what was there a month ago.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Deletion = Literal["soft", "hard"]


@dataclass(frozen=True)
class Version:
    """One state of a record: shown from `visible_at` on, until the next version.

    `updated_at` is what the vendor stamps on it; it may lie before `visible_at` (a transaction that committed late).
    `record` is the whole record as the vendor's API would return it, its stamp and its deletion mark included.
    """

    visible_at: datetime
    updated_at: datetime
    record: Mapping[str, Any]
    deletion: Deletion | None = None


@dataclass
class World:
    """The records by (vendor, object) and id; versions in the order of `visible_at`."""

    records: dict[tuple[str, str], dict[str, list[Version]]] = field(default_factory=dict)

    def add(self, vendor: str, kind: str, key: str, version: Version) -> None:
        """Append the next version of a record."""
        self.records.setdefault((vendor, kind), {}).setdefault(key, []).append(version)

    def state(self, vendor: str, kind: str, at: datetime) -> Iterator[Version]:
        """The version in force of each record at an instant, in id order; hard-deleted ones are gone."""
        for _, versions in sorted(self.records.get((vendor, kind), {}).items()):
            current = None
            for version in versions:
                if version.visible_at > at:
                    break
                current = version
            if current is not None and current.deletion != "hard":
                yield current
