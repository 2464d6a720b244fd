"""One round: runs that are killed, then one that is left to end, and whether anybody can tell."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.flows.conftest import TODAY, Installation
from tests.soak.aims import Life, counts, strike
from tests.soak.checks import problems
from tests.soak.command import begin, finish
from tests.soak.plan import Aim, Round
from tests.soak.stage import Stage, command

APART = timedelta(minutes=3)  # between two starts: longer than a killed sender keeps its alerts to itself


@dataclass(frozen=True)
class Played:
    """How a round went; without problems nobody can tell it from a run that was left alone."""

    round: Round
    moments: tuple[str, ...]  # at which it was killed
    seconds: float
    problems: tuple[str, ...]


def play(stage: Stage, one: Round) -> Played:
    """Play a round from the start that its phase names."""
    life = stage.undisturbed(one.phase, one.source, one.lasting).life
    marts = stage.undisturbed("first night" if one.phase == "first night" else "night").marts
    in_the_end = command("night" if one.phase == "ingest" else one.phase)
    began = time.monotonic()
    with stage.copy(stage.before(one.phase)) as baton:
        game = Game(stage.prefect, baton, command(one.phase, one.source), life, counts(baton), starts())
        baton.sandbox.set_faults(*one.faults(is_over=False))
        moments = tuple(game.kill(aim) for aim in one.aims)
        found = game.leave_alone(in_the_end, is_good=False) if one.lasting else []
        baton.sandbox.set_faults(*one.faults(is_over=True))
        found += game.leave_alone(in_the_end)
        found += problems(baton, one, marts, next(game.starts) + timedelta(hours=3))
    return Played(one, moments, time.monotonic() - began, tuple(found))


def starts() -> Iterator[datetime]:
    """The instants of one start after the other."""
    now = TODAY[0]
    while True:
        yield now
        now += APART


@dataclass(frozen=True)
class Game:
    """A round under way: the command that is killed, and how much a whole run of it does."""

    prefect: str
    baton: Installation
    arguments: tuple[str, ...]
    life: Life
    before: Life  # what was there when the round began
    starts: Iterator[datetime]

    def kill(self, aim: Aim) -> str:
        """Start the command until one dies; when it did.

        A run that has less left to do than a whole one may end first: the next is killed earlier.
        """
        while True:
            left = self.left()
            if left.get(aim.event, 1) <= 0:
                aim = replace(aim, event="cpu", share=aim.delay)  # all of that was done before
            run = begin(self.baton, self.prefect, next(self.starts), *self.arguments)
            if strike(self.baton, run, aim, left):
                return str(aim)
            aim = replace(aim, event="cpu", share=aim.share * 0.7)

    def left(self) -> Life:
        """How much is to be done still; the CPU time for what is done already is short."""
        done = {event: count - self.before[event] for event, count in counts(self.baton).items()}
        return {event: amount - done.get(event, 0) for event, amount in self.life.items()}

    def leave_alone(self, arguments: tuple[str, ...], *, is_good: bool = True) -> list[str]:
        """Run to the end: a good one, or under a fault that lasts one that fails."""
        run = begin(self.baton, self.prefect, next(self.starts), *arguments)
        said = finish(run)
        if (run.process.returncode == 0) == is_good:
            return []
        return [f"the restart ended with {run.process.returncode}: {said[-1500:].strip()}"]
