"""The ledger of plans: planned and earned value, actual cost and slips, at a demo day."""

from dataclasses import dataclass
from datetime import date, datetime

from sandbox.company.coins import half_even, reporting, worth
from sandbox.company.creep import scene
from sandbox.company.days import clock_of, workdays
from sandbox.company.facts import Facts, known
from sandbox.company.work_facts import Entry, Plan, PlanTask, Progress

SHORT_TASK = 10
FIRST_SEEN_LIMIT = 10


@dataclass(frozen=True)
class Earned:
    """A project's sums at the plan in force; reporting minor units, or seconds where `unit` is hours."""

    unit: str
    planned_value: int
    earned_value: int
    actual_cost: int
    budget: int
    original_budget: int


@dataclass(frozen=True)
class Slip:
    """A milestone's slip in calendar days, late is positive; None where its plan was first seen too late."""

    original: int | None
    current: int | None


def plans_at(facts: Facts, project: str, as_of: date) -> tuple[Plan, Plan] | None:
    """The original plan and the one in force at a demo day; None before any is known."""
    plans = [plan for since, plan in facts.plans.get(project, []) if since <= clock_of(as_of)]
    if not plans:
        return None
    return plans[0], ([plan for plan in plans if plan.approved <= as_of] or plans[:1])[-1]


def percent_bp(task: PlanTask, progress: Progress, as_of: date) -> int:
    """Earned basis points: done; else as reported; else by the rule for a missing percentage."""
    if progress.finished and progress.finished <= as_of:
        return 10_000
    if progress.percent is not None:
        return progress.percent * 100
    is_started = progress.started is not None and progress.started <= as_of
    return 5_000 if is_started and workdays(task.start, task.due) > SHORT_TASK else 0


def due_share(task: PlanTask, as_of: date) -> tuple[int, int]:
    """Working days of a task that have passed, and all of them."""
    whole = workdays(task.start, task.due)
    return (workdays(task.start, min(as_of, task.due)), whole) if whole else (int(as_of >= task.due), 1)


def budget_of(task: PlanTask, unit: str, priced: date) -> int:
    """A task's budget in the project's unit, money at the exchange table of the original plan's month."""
    if unit == "hours":
        return task.seconds
    return reporting(worth(task.seconds, task.cost_rate or 0), "USD", priced)


def cost_of(entry: Entry, unit: str, priced: date) -> int:
    """What an entry cost in the project's unit."""
    if unit == "hours":
        return entry.seconds
    return reporting(worth(entry.seconds, entry.cost_rate), entry.cost_currency, priced)


def schedule(facts: Facts, as_of: date) -> dict[str, Earned]:
    """By project with a plan: its planned and earned value, actual cost and budget."""
    clock, entries, found = clock_of(as_of), scene(facts, as_of).entries, {}
    for project in facts.projects:
        plans = plans_at(facts, project, as_of)
        if plans is None:
            continue
        original, current = plans
        counted = [task for task in current.tasks if not task.is_milestone and task.seconds]
        unit = (
            "hours"
            if any(task.cost_rate is None for task in (*counted, *original.tasks) if not task.is_milestone)
            else "cost"
        )
        planned = earned = budget = 0
        for task in counted:
            cost = budget_of(task, unit, original.approved)
            passed, whole = due_share(task, as_of)
            progress = known(facts.stories[task.story], clock)
            planned += half_even(cost * passed, whole)
            earned += half_even(cost * percent_bp(task, progress, as_of), 10_000) if progress else 0
            budget += cost
        actual = sum(cost_of(entry, unit, original.approved) for entry in entries.get(project, {}).values())
        first = sum(budget_of(task, unit, original.approved) for task in original.tasks if not task.is_milestone)
        found[project] = Earned(unit, planned, earned, actual, budget, first)
    return found


def slips(facts: Facts, as_of: date) -> dict[str, Slip]:
    """By milestone: its slip against the original plan and the plan in force."""
    clock, found = clock_of(as_of), {}
    for project in facts.projects:
        plans = plans_at(facts, project, as_of)
        if plans is None:
            continue
        original, current = plans
        dues = {task.story: task.due for task in original.tasks if task.is_milestone}
        start = min(task.start for task in original.tasks)
        is_late_find = original.origin == "first_seen" and workdays(start, original.approved) > FIRST_SEEN_LIMIT
        for task in current.tasks:
            if task.is_milestone:
                found[task.story] = slip(facts, clock, task, dues.get(task.story), as_of, is_late_find)
    return found


def slip(facts: Facts, clock: datetime, task: PlanTask, original: date | None, as_of: date, is_late_find: bool) -> Slip:
    """One milestone's slip."""
    progress = known(facts.stories[task.story], clock)
    if is_late_find or progress is None:
        return Slip(None, None)
    return Slip(
        None if original is None else days_late(progress, original, as_of), days_late(progress, task.due, as_of)
    )


def days_late(progress: Progress, baseline: date, as_of: date) -> int:
    """Done: actual against baseline; open: overdue or forecast late by the later of both; else the forecast."""
    if progress.finished and progress.finished <= as_of:
        return (progress.finished - baseline).days
    if as_of > baseline or progress.forecast > baseline:
        return (max(as_of, progress.forecast) - baseline).days
    return (progress.forecast - baseline).days
