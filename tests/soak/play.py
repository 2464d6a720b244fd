"""One round: runs that are killed, then one that is left to end, and whether anybody can tell."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.flows.conftest import TODAY, Installation
from tests.soak.aims import Life, counts, strike
from tests.soak.checks import problems
from tests.soak.command import begin, finish
from tests.soak.plan import Aim, Phase, Round
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
    in_the_end: Phase = "night" if one.phase == "ingest" else one.phase
    life = stage.undisturbed(one.phase, one.source, one.lasting).life
    marts = stage.undisturbed("first night" if one.phase == "first night" else "night").marts
    began = time.monotonic()
    with stage.copy(stage.before(one.phase)) as baton:
        starts, origin = clocks(), counts(baton)
        baton.sandbox.set_faults(*one.faults(is_over=False))
        moments = tuple(killed(stage, baton, one, aim, life, origin, starts) for aim in one.aims)
        found = left_alone(stage, baton, next(starts), in_the_end, is_good=False) if one.lasting else []
        baton.sandbox.set_faults(*one.faults(is_over=True))
        found += left_alone(stage, baton, next(starts), in_the_end)
        found += problems(baton, one, marts, next(starts) + timedelta(hours=3))
    return Played(one, moments, time.monotonic() - began, tuple(found))


def clocks() -> Iterator[datetime]:
    """The instants of one start after the other."""
    now = TODAY[0]
    while True:
        yield now
        now += APART


def killed(
    stage: Stage, baton: Installation, one: Round, aim: Aim, life: Life, origin: Life, starts: Iterator[datetime]
) -> str:
    """Start the phase's run until one dies; when it did.

    A run that has less left to do than a whole one may end first: the next is killed earlier.
    """
    while True:
        left = {**life, **{event: life[event] - (now - origin[event]) for event, now in counts(baton).items()}}
        if left.get(aim.event, 1) <= 0:
            aim = replace(aim, event="cpu", share=aim.delay)  # all of that was done before
        run = begin(baton, stage.prefect, next(starts), *command(one.phase, one.source))
        if strike(baton, run, aim, left):
            return str(aim)
        aim = replace(aim, event="cpu", share=aim.share * 0.7)


def left_alone(stage: Stage, baton: Installation, clock: datetime, phase: Phase, *, is_good: bool = True) -> list[str]:
    """Run to the end: a good one, or under a fault that lasts one that fails."""
    run = begin(baton, stage.prefect, clock, *command(phase))
    said = finish(run)
    if (run.process.returncode == 0) == is_good:
        return []
    return [f"the restart ended with {run.process.returncode}: {said[-1500:].strip()}"]
