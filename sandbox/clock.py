"""The sandbox's clock, and the records as they stand at it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sandbox.world import Version, World

Result = TypeVar("Result")


@dataclass
class Clock:
    """A world seen at one instant; moving the clock shows another state of it.

    After records were added to the world, set the clock again (to the same instant if need be) to show them.
    """

    world: World
    now: datetime
    memory: dict[Any, Any] = field(default_factory=dict)  # whatever was computed for this instant
    watchers: list[Callable[[], None]] = field(default_factory=list)  # told when the clock was moved

    def __post_init__(self) -> None:
        self.set(self.now)

    def set(self, now: datetime) -> None:
        """Move the clock, forwards or back.

        Raises:
            ValueError: the instant has no UTC offset.
        """
        if now.tzinfo is None:
            raise ValueError("The sandbox clock needs an instant with a UTC offset, e.g. 2026-11-23T05:00:00Z.")
        self.now = now.astimezone(UTC)
        self.forget()
        for told in self.watchers:
            told()

    def once(self, key: tuple[Hashable, ...], compute: Callable[[], Result]) -> Result:
        """What `compute` gives, computed once for this instant."""
        memory = self.memory
        if key not in memory:
            memory[key] = compute()
        found: Result = memory[key]
        return found

    def forget(self) -> None:
        """Compute everything again: something of this instant changed."""
        self.memory = {}

    def state(self, vendor: str, kind: str) -> list[Version]:
        """The versions in force now, one per record that exists."""
        return self.once(("state", vendor, kind), lambda: list(self.world.state(vendor, kind, self.now)))

    def kinds(self, vendor: str) -> list[str]:
        """The objects the world has of a vendor, by name."""
        return sorted(kind for owner, kind in self.world.records if owner == vendor)
