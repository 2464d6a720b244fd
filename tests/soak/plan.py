"""Which rounds a soak plays: everything about a round follows from the seed and its number."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sandbox.faults import EVERYONE, Fault
from tests.flows.switches import LASTING, PASSING, STATUSES, faults

Dialect = Literal["duckdb", "postgresql"]
Phase = Literal["first night", "night", "bad night", "ingest", "publish"]
Event = Literal["cpu", "commit", "publish", "message"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "postgresql")
EVENTS: dict[Phase, tuple[Event, ...]] = {  # what happens in a run of the phase, and can be aimed at
    "first night": ("cpu", "commit", "publish", "message"),
    "night": ("cpu", "commit", "publish", "message"),
    "bad night": ("cpu", "commit", "message"),
    "ingest": ("cpu", "commit"),
    "publish": ("cpu", "publish", "message"),
}
AT_ONCE = (1, 2, 3, 4)  # how many runs die before one is left to end, so often


@dataclass(frozen=True)
class Aim:
    """When a run is killed.

    At `share` of the CPU seconds, or just after `share` of the lake's commits or of the messages, that a whole run
    takes; or while it publishes. `delay` is a share too, of the moments that follow an event.
    """

    event: Event
    share: float
    delay: float

    def __str__(self) -> str:
        if self.event == "publish":
            return "its publish"
        return f"{self.share:.0%} of its {'CPU time' if self.event == 'cpu' else f'{self.event}s'}"


@dataclass(frozen=True)
class Round:
    """Some kills of one installation, the faults it meets meanwhile, and a restart that is left to end."""

    number: int
    dialect: Dialect
    phase: Phase
    source: str  # which an `ingest` pulls
    aims: tuple[Aim, ...]
    passing: tuple[str, ...]  # faults that stop by themselves
    lasting: str  # a fault that stays until the kills are over; only of a bad night

    def faults(self, *, is_over: bool) -> list[Fault]:
        """The switches, those that pass spread over the requests; `is_over` leaves out what lasts."""
        spread = [one for place, name in enumerate(self.passing) for one in faults(name, 3 * place, 2, EVERYONE)]
        return [*([] if is_over else LASTING.get(self.lasting, [])), *STATUSES, *spread]


def plan(seed: int, kills: int) -> list[Round]:
    """Rounds with so many kills in all: every warehouse and phase in turn, and each time aimed at another event."""
    rounds: list[Round] = []
    for number, (dialect, phase) in enumerate(_in_turn(seed), 1):
        left = kills - sum(len(done.aims) for done in rounds)
        if not left:
            return rounds
        rounds.append(_round(random.Random(f"{seed} {number}"), number, dialect, phase, left))
    raise AssertionError("the turns never end")


def _in_turn(seed: int) -> Iterator[tuple[Dialect, Phase]]:
    chance = random.Random(seed)
    while True:
        phases = list(EVENTS)
        chance.shuffle(phases)
        yield from ((dialect, phase) for phase in phases for dialect in DIALECTS)


def _round(chance: random.Random, number: int, dialect: Dialect, phase: Phase, left: int) -> Round:
    turn = (number - 1) // (len(EVENTS) * len(DIALECTS))
    events = [EVENTS[phase][turn % len(EVENTS[phase])], *chance.choices(EVENTS[phase], k=chance.choice(AT_ONCE) - 1)]
    aims = [Aim(event, chance.random(), chance.random()) for event in events]
    passing = chance.sample(PASSING, chance.randint(3, len(PASSING)))
    lasting = chance.choice(list(LASTING))
    return Round(
        number, dialect, phase, chance.choice(("salesforce", "kantata")), tuple(aims[:left]), tuple(passing),
        lasting if phase == "bad night" else "",
    )  # fmt: skip
