"""What a business rule is: what it reads of a published mart, and what it finds wrong there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.policy import Policy
from tasks.alerts.alert import Alert, Severity

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Day:
    """What a rule may know besides the rows: the day, the rules of the numbers, and what is open already."""

    as_of: date
    policy: Policy
    currency: str
    open: Callable[[Alert], Severity | None]  # the severity of the same alert, where it is open


@dataclass(frozen=True)
class Rule:
    """One kind of business alert, judged on one published mart."""

    kind: str
    table: str
    columns: tuple[str, ...]
    evaluate: Callable[[Sequence[Row], Day], list[Alert]]


def reaches(value: float | None, limit: float, is_open: bool, hysteresis_pct: float) -> bool:
    """Whether `value` is at its limit, or, once open, not yet `hysteresis_pct` below it; a missing value never is."""
    if value is None:
        return False
    return value >= limit or (is_open and value > limit * (1 - hysteresis_pct / 100))
