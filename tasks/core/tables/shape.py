"""What a conformed table is: its columns, their kinds, and what they refer to.

Ids are text, `instance:vendor id`. Money is int64 minor units of `currency`, rates are minor units an hour,
durations int64 seconds, percentages int64 basis points (10,000 = 100 %), dates dates, instants UTC.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "boolean", "date", "instant"]


@dataclass(frozen=True)
class Column:
    """One column of a conformed table."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    values: tuple[str, ...] = ()  # the only values allowed, when given
    refers_to: str = ""  # the table whose key this is


@dataclass(frozen=True)
class Table:
    """One conformed table; the first column is its key."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    is_optional: bool = False  # a company can do without it: `feed` says whether anything was ever read

    @property
    def key(self) -> str:
        """The name of the key column."""
        return self.columns[0].name
