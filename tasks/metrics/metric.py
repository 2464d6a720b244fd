"""What a metric is: one frozen object from which everything else about it is derived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import narwhals as nw

from config.policy import Policy

Frames = Mapping[str, nw.LazyFrame[Any]]
Keep = Literal["every", "month_ends", "latest"]


@dataclass(frozen=True)
class Metric:
    """A published table: what it holds, what it needs, and how it is computed.

    `compute(frames, policy, as_of=…)` is a pure function over lazy frames: the core tables and the marts named in
    `inputs`. It returns exactly `columns`, in any order, without `as_of`, which the publish adds. Its docstring is
    the business definition.
    """

    table: str
    grain: tuple[str, ...]  # with as_of, the key of a row
    inputs: tuple[str, ...]  # core tables and earlier marts
    columns: Mapping[str, str]  # name -> meaning
    compute: Callable[..., nw.LazyFrame[Any]]  # (frames: Frames, policy: Policy, *, as_of: date)
    contributes_to: tuple[str, ...] = ()  # the marts whose numbers its rows sum to
    keep: Keep = "every"  # which as_of days the warehouse keeps
    is_step: bool = False  # a working table for later metrics: computed, never published

    @property
    def definition(self) -> str:
        """The business definition, as printed in the data dictionary."""
        return self.compute.__doc__ or ""

    def __call__(self, frames: Frames, policy: Policy, *, as_of: date) -> nw.LazyFrame[Any]:
        """The metric's rows for one day, its columns in their declared order."""
        return self.compute(frames, policy, as_of=as_of).select(*self.columns)
