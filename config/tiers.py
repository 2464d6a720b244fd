"""Customer tiers by annual contract value, and which touchpoints of the handoff each tier keeps."""

from collections import Counter
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.section import Section

Tier = Literal["digital", "mixed", "high_touch", "full_team"]
TIERS: tuple[Tier, ...] = ("digital", "mixed", "high_touch", "full_team")  # from the smallest customers up
Name = Annotated[str, Field(pattern="^[a-z][a-z_]*$")]
Amount = Annotated[int, Field(gt=0)]


class Tiers(Section):
    """From which annual contract value on, in whole units of the reporting currency, a tier begins."""

    mixed_from_amount: Amount
    high_touch_from_amount: Amount
    full_team_from_amount: Amount

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.mixed_from_amount < self.high_touch_from_amount < self.full_team_from_amount:
            raise ValueError("the tiers must begin at rising amounts: mixed, then high_touch, then full_team")
        return self


class Touchpoint(Section):
    """One contact of the full plan."""

    name: Name
    has_critical_information: bool = False


class Removed(Section):
    """All that each tier does without, of the full plan."""

    high_touch: tuple[Name, ...]
    mixed: tuple[Name, ...]
    digital: tuple[Name, ...]


class Touchpoints(Section):
    """The full plan of the largest customers, and its deletions for smaller ones."""

    plan: Annotated[tuple[Touchpoint, ...], Field(min_length=1)]
    removed: Removed

    @model_validator(mode="after")
    def _deletions_only(self) -> Self:
        names = [touchpoint.name for touchpoint in self.plan]
        if twice := sorted(name for name, count in Counter(names).items() if count > 1):
            raise ValueError(f"plan names {', '.join(twice)} twice: keep one")
        critical = {touchpoint.name for touchpoint in self.plan if touchpoint.has_critical_information}
        for tier in TIERS[:-1]:
            gone = set(getattr(self.removed, tier))
            if unknown := sorted(gone - set(names)):
                raise ValueError(f"removed.{tier} names {', '.join(unknown)}, which plan does not have: correct it")
            if lost := sorted(gone & critical):
                raise ValueError(
                    f"removed.{tier} takes {', '.join(lost)}, which hands over critical information: keep it"
                )
        for lower, higher in pairwise(TIERS):
            if more := sorted(self.of(lower) - self.of(higher)):
                raise ValueError(
                    f"tier {lower} keeps {', '.join(more)}, which {higher} does without: remove it there too"
                )
        return self

    def of(self, tier: Tier) -> frozenset[str]:
        """The touchpoints that a tier keeps."""
        gone = () if tier == "full_team" else getattr(self.removed, tier)
        return frozenset(touchpoint.name for touchpoint in self.plan) - frozenset(gone)
