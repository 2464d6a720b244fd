"""Work that stands still: what is blocked since 18 November, and the ledger of what moves."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sandbox.company.blemishes import rewrite
from sandbox.company.days import DEMO_DAYS, at, clock_of, local_day
from sandbox.company.facts import Facts
from sandbox.company.stage import Stage, core, kantata, kantata_id
from sandbox.company.work_facts import Shown

BLOCKED_FROM = at(date(2026, 11, 18), 10, 25)
STALLED_DAYS = 14


@dataclass(frozen=True)
class Stalled:
    """A project: its state, its tasks under way, and those that are blocked or have not moved."""

    state: str
    open: int
    blocked: int
    stalled: int


def block(stage: Stage) -> None:
    """Block every fifth task that is under way and reported for the last time before 18 November 2026."""
    for key, shown in stage.facts.shown.items():
        story, last = key.removeprefix(core("kantata", "")), shown[-1][1]
        newest = stage.world.records["kantata", "stories"][story][-1]
        is_quiet = last.state == "started" and last.parent and newest.visible_at < BLOCKED_FROM
        if is_quiet and stage.number("quiet task") % 5 == 0:
            rewrite(stage, "stories", story, BLOCKED_FROM, {"state": "blocked"})
            change = {"story_id": story, "state": "blocked"}
            kantata(stage, "story_state_changes", kantata_id(stage, "story_state_changes"), BLOCKED_FROM, change)
            shown.append((BLOCKED_FROM, replace(last, state="blocked")))


def stalled(facts: Facts, as_of: date) -> dict[str, Stalled]:
    """By open project of a client with tasks under way."""
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for project, key, last, seen in _open(facts, as_of):
        moves = [last.start] if last.start else []
        started = [local_day(since) for since, one in facts.shown[key] if one.state == "started"]
        moves += [day for day in (*started[:1], *_changes(seen)) if day]
        moved = max((day for day in moves if day <= as_of), default=None)
        if moved:
            found[project].append((last.state == "blocked", (as_of - moved).days >= STALLED_DAYS))
    return {project: _judged(tasks) for project, tasks in found.items()}


def _open(facts: Facts, as_of: date) -> Iterator[tuple[str, str, Shown, list[tuple[datetime, Shown]]]]:
    """The leaves that are neither done nor away, of open projects, with every look that was pulled."""
    clock = clock_of(as_of)
    rollups = {one.parent for shown in facts.shown.values() for _, one in shown}
    unreadable = {key for since, table, key in facts.bad if table == "task" and facts.shown[key][0][0] == since}
    gone = {
        key for key, history in facts.stories.items() if (None, True) in [(one, at <= clock) for at, one in history]
    }
    for key, shown in facts.shown.items():
        last = [one for since, one in shown if since <= clock]
        project = facts.projects.get(shown[0][1].project)
        is_open = last and last[-1].kind != "milestone" and last[-1].state != "completed" and not last[-1].is_archived
        if not is_open or not project or key in rollups | unreadable | gone:
            continue
        closed = facts.closes.get(shown[0][1].project)
        terms = project[0][1]
        if terms and terms.contract_type != "internal" and not (closed and closed <= as_of):
            pulls = [pulled for pulled, _ in DEMO_DAYS if pulled <= clock and shown[0][0] <= pulled]
            seen = [[look for look in shown if look[0] <= pulled][-1] for pulled in pulls]
            yield shown[0][1].project, key, last[-1], seen


def _changes(seen: list[tuple[datetime, Shown]]) -> Iterator[date]:
    """The days on which what was pulled showed another percentage."""
    before = 0
    for since, look in seen:
        if look.percent is not None and look.percent != before:
            before = look.percent
            yield local_day(since)


def _judged(tasks: list[tuple[bool, bool]]) -> Stalled:
    blocked, idle = sum(one for one, _ in tasks), sum(one for _, one in tasks)
    state = "blocked" if blocked else "stalled" if idle == len(tasks) else "slow" if idle else "moving"
    return Stalled(state, len(tasks), blocked, idle)
