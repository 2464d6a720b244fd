"""What a suite is: the rules of one core table, or of one mart."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from expectations.rules import Rule, derived
from tasks.core.tables.shape import Table


@dataclass(frozen=True)
class CoreSuite:
    """The rules of a core table, beyond what its definition says."""

    table: Table
    rules: tuple[Rule, ...] = ()
    moves_daily: bool = False  # days without a new version mean that nothing arrives any more
    may_be_empty: bool = True

    @property
    def row_rules(self) -> tuple[Rule, ...]:
        """Every row rule: from the table's definition, then the suite's own."""
        return (*derived(self.table), *self.rules)


@dataclass(frozen=True)
class Sums:
    """The rows of a mart add up exactly to those of another.

    `columns` pairs a column of `to` with the integer SQL expression that is summed over this mart; `on` pairs the
    columns of `to` with those of this mart that must agree. `where` restricts `to`, `here` this mart; either may read
    this mart again as `{batch}`. A null counts as nothing, unless nulls spread: then one makes the sum null.
    """

    to: str
    columns: Mapping[str, str]
    on: Mapping[str, str] = field(default_factory=dict)
    where: str = "true"
    here: str = "true"
    nulls_spread: bool = False


@dataclass(frozen=True)
class MartSuite:
    """The rules of a mart, beyond its columns, its grain and finite ratios."""

    mart: str
    rules: tuple[Rule, ...] = ()
    sums: tuple[Sums, ...] = ()
