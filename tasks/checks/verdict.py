"""What the checks say: results, the conservation of rows, and whether the publish is blocked."""

from collections.abc import Mapping
from dataclasses import dataclass

from expectations.rules import Severity
from tasks.errors import GateError


@dataclass(frozen=True)
class CheckResult:
    """One rule's outcome on one table; a failed blocking one withholds the publish. No value of a row is in it."""

    suite: str
    rule: str
    severity: Severity
    is_ok: bool
    observed: str
    expected: str


@dataclass(frozen=True)
class Conservation:
    """Where the records of a core table went; nothing is dropped in silence.

    `read` counts the keys whose newest version is not a deletion. Each is either `clean` (its newest version is in
    core) or `quarantined` (its newest version was rejected); of the quarantined, `stale` keep their last clean version
    in core. Versions are counted likewise, deletions among the clean.
    """

    table: str
    read: int
    clean: int
    quarantined: int
    stale: int
    versions_read: int
    versions_clean: int
    versions_quarantined: int

    def must_hold(self) -> None:
        """Assert that every key and version read is clean or quarantined, never both.

        Raises:
            GateError: a row was lost or counted twice.
        """
        keys = self.read == self.clean + self.quarantined and self.stale <= self.quarantined
        if not keys or self.versions_read != self.versions_clean + self.versions_quarantined:
            raise GateError(
                f"{self.table}: records read are not records clean + quarantined ({self}). Two rows probably share one "
                f"key and _version in versions.{self.table}: mend its mapping in tasks/core. Nothing was published."
            )


@dataclass(frozen=True)
class Verdict:
    """The judgement of one run's core: every result, the rows in core, and where each record went."""

    results: tuple[CheckResult, ...]
    counts: Mapping[str, int]  # core table -> its rows; the next run's `previous_counts`
    conservation: tuple[Conservation, ...]

    @property
    def is_blocked(self) -> bool:
        """A blocking rule failed: the publish must be withheld."""
        return bool(self.reasons)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the publish is blocked, one sentence each."""
        return blocking_reasons(self.results)


def blocking_reasons(results: tuple[CheckResult, ...]) -> tuple[str, ...]:
    """The failed blocking results as sentences."""
    return tuple(
        f"{result.suite}: it does not hold that {result.rule} (found {result.observed}, expected {result.expected})."
        for result in results
        if result.severity == "blocking" and not result.is_ok
    )
