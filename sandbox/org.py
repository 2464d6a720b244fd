"""A Salesforce org's own state: its sessions, open cursors, used requests and rows as this user sees them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox import describe
from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.world import Version

OPEN_CURSORS = 10  # the oldest is dropped for an eleventh
CURSOR_LIFE = timedelta(days=2)
Record = dict[str, Any]


@dataclass
class Cursor:
    """The rows of one query, fixed when it was asked."""

    kind: str
    names: list[str]
    rows: list[Record]
    batch: int
    opened_at: datetime
    total: int


@dataclass
class Org:
    """One org: its sessions, open cursors, the day's requests and the rows that moved."""

    clock: Clock
    faults: Faults
    client_id: str
    client_secret: str
    certificates: Mapping[str, bytes]  # the public key of each user that JWTs may name
    sessions: set[str] = field(default_factory=set)
    logins: int = 0
    cursors: dict[str, Cursor] = field(default_factory=dict)
    cursor_count: int = 0
    used: Counter[datetime] = field(default_factory=Counter)
    jobs: dict[str, Any] = field(default_factory=dict)  # Bulk query jobs by id
    moved: dict[tuple[str, str, datetime], str] = field(default_factory=dict)

    def usage(self) -> int:
        """Requests of the last 24 hours."""
        return sum(count for at, count in self.used.items() if timedelta(0) <= self.clock.now - at < timedelta(days=1))

    def login(self) -> str:
        """A new session."""
        self.logins += 1
        session = f"00DRO0000000001!AQ{self.logins:010d}.{'s' * 40}"
        self.sessions.add(session)
        return session

    def open(self, cursor: Cursor) -> str:
        """Keep a cursor for the pages to come; its locator's key."""
        self.cursor_count += 1
        key = f"01gRO{self.cursor_count:010d}YAA"
        self.cursors = dict(list(self.cursors.items())[1 - OPEN_CURSORS :]) | {key: cursor}
        return key

    def cursor(self, key: str) -> Cursor | None:
        """A cursor that is still open."""
        cursor = self.cursors.get(key)
        return cursor if cursor and timedelta(0) <= self.clock.now - cursor.opened_at <= CURSOR_LIFE else None

    def move(self, cursor: Cursor, offset: int, fault: Fault) -> None:
        """Re-stamp rows of the pages to come: they keep their place, but show a later stamp from now on.

        The latest stamp among the rows is used, so that the rows stay in the window that was asked for.
        """
        shown = {record["Id"]: record["SystemModstamp"] for record in self.records(cursor.kind)}
        latest = max(shown[row["Id"]] for row in cursor.rows if row["Id"] in shown)
        versions = {version.record["Id"]: version for version in self.clock.state("salesforce", cursor.kind)}
        for at in range(offset, min(offset + fault.rows, cursor.total)):
            row = cursor.rows[at]
            if row["Id"] in versions:
                self.moved[cursor.kind, row["Id"], versions[row["Id"]].updated_at] = latest
            cursor.rows[at] = row | {"SystemModstamp": latest, "LastModifiedDate": latest}
        self.clock.forget()

    def records(self, kind: str) -> list[Record]:
        """All rows of an object, deleted ones too, with the system fields the world left out."""
        versions = self.clock.state("salesforce", kind)
        return self.clock.once(("salesforce", kind), lambda: [self._shown(kind, version) for version in versions])

    def _shown(self, kind: str, version: Version) -> Record:
        stamp = stamped(version.updated_at)
        given = {"IsDeleted": version.deletion == "soft", "CreatedDate": stamp, "LastModifiedDate": stamp}
        shown: Record = given | {"SystemModstamp": stamp} | dict(version.record)
        again = self.moved.get((kind, shown["Id"], version.updated_at))
        return shown | {"SystemModstamp": again, "LastModifiedDate": again} if again else shown

    def types(self, kind: str) -> dict[str, str]:
        """The fields of an object that this user sees."""
        found = self.clock.once(("types", kind), lambda: describe.types(kind, self.records(kind)))
        hidden = self.faults.hidden("salesforce", kind)
        return {name: type_ for name, type_ in found.items() if name not in hidden}

    def kinds(self) -> list[str]:
        """The objects of the org."""
        always = {kind for kind in describe.mapped() if not kind.startswith(describe.PACKAGE)}
        return sorted({*always, *self.clock.kinds("salesforce")})


def stamped(at: datetime) -> str:
    """An instant as Salesforce writes it: 2020-10-22T21:03:23.000+0000."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"
