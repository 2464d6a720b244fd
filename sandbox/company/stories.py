"""Stories: planned work, its progress, and milestones."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sandbox.company.days import TODAY, add_workdays, at, local_day, workdays
from sandbox.company.projects import Job, Piece
from sandbox.company.staff import role_id
from sandbox.company.stage import Stage, core, custom_field, kantata, kantata_id
from sandbox.company.work_facts import Progress, Shown

# The days on which leads report percentages; none lies between a demo day and its clock.
REPORTS = (date(2026, 8, 26), date(2026, 9, 24), date(2026, 10, 27), date(2026, 11, 17))


@dataclass(frozen=True)
class Look:
    """What a story shows at an instant."""

    state: str = "not started"
    percent: int | None = 0
    due: date | None = None
    is_archived: bool = False
    minutes: int | None = None


def add_story(
    stage: Stage,
    job: Job,
    title: str,
    kind: str,
    looks: list[tuple[datetime, Look]],
    *,
    start: date | None = None,
    parent: str | None = None,
    role: int | None = None,
) -> str:
    """Plant a story with its history of looks, and its state changes; gives its id."""
    key = kantata_id(stage, "stories")
    born = looks[0][0]
    previous = "not started"
    for when, look in looks:
        kantata(
            stage,
            "stories",
            key,
            when,
            {
                "workspace_id": job.key,
                "parent_id": parent,
                "title": title,
                "story_type": kind,
                "state": look.state,
                "start_date": start and start.isoformat(),
                "due_date": look.due and look.due.isoformat(),
                "percentage_complete": look.percent,
                "time_estimate_in_minutes": look.minutes,
                "archived": look.is_archived,
                "deleted_at": None,
            },
            created=born,
        )
        if look.state != previous:
            kantata(
                stage,
                "story_state_changes",
                kantata_id(stage, "story_state_changes"),
                when,
                {"story_id": key, "state": look.state},
            )
            previous = look.state
    above = core("kantata", parent) if parent else None
    stage.facts.shown[core("kantata", key)] = [
        (when, Shown(job.project, kind, above, start, look.state, look.percent, look.is_archived))
        for when, look in looks
    ]
    if role is not None:
        custom_field(stage, "Story", key, "Role", role_id(role), born)
    return key


def remember(stage: Stage, story: str, looks: list[tuple[datetime, Look]]) -> None:
    """Keep a story's history as facts."""
    started, history = None, []
    for when, look in looks:
        if look.state == "started" and started is None:
            started = local_day(when)
        finished = local_day(when) if look.state == "completed" else None
        assert look.due is not None
        history.append((when, Progress(look.percent, started, finished, look.due)))
    stage.facts.stories[core("kantata", story)] = history


def add_task(
    stage: Stage,
    job: Job,
    title: str,
    start: date,
    days: int,
    *,
    role: int,
    minutes: int,
    delay: int = 0,
    has_percent: bool = True,
    parent: str | None = None,
    re_estimate: int | None = None,
    is_stuck: bool = False,
) -> Piece:
    """Plant a task of `days` working days that ends `delay` working days after its due date (or never, when stuck)."""
    due = add_workdays(start, days - 1)
    finish = add_workdays(due, delay)
    born = Look(percent=0 if has_percent else None, due=due, minutes=minutes)
    looks = [(at(job.opened, 9, 30), born)]
    steps = [(at(start, 9, 40), "started", 5)]
    steps += [
        (at(day, 12, int(job.key) % 50), "started", min(95, workdays(start, day) * 100 // workdays(start, finish)))
        for day in REPORTS
        if start < day < finish or (is_stuck and day > start)
    ]
    if not is_stuck:
        steps.append((at(finish, 15, 20), "completed", 100))
    for when, state, percent in steps:
        if when.date() <= TODAY:
            looks.append((when, replace(looks[-1][1], state=state, percent=percent if has_percent else None)))
    if re_estimate:
        changed = at(date(2026, 10, 12), 11)
        before = [look for when, look in looks if when < changed][-1]
        looks = [
            *((when, look) for when, look in looks if when < changed),
            (changed, replace(before, minutes=re_estimate)),
            *((when, replace(look, minutes=re_estimate)) for when, look in looks if when > changed),
        ]
    key = add_story(
        stage, job, title, "task" if days > 5 else "deliverable", looks, start=start, parent=parent, role=role
    )
    remember(stage, key, looks)
    piece = Piece(key, start, due, None if is_stuck or finish > TODAY else finish, role, minutes * 60)
    job.tasks.append(piece)
    return piece


def add_milestone(
    stage: Stage,
    job: Job,
    title: str,
    due: date,
    *,
    slip: int | None = 0,
    told: date | None = None,
    parent: str | None = None,
) -> Piece:
    """Plant a milestone reached `slip` working days late (None: never); from `told` on its forecast says so."""
    finish = None if slip is None else add_workdays(due, slip)
    look = Look(percent=0, due=due, minutes=None)
    looks = [(at(job.opened, 9, 35), look)]
    if told is not None and finish is not None and at(told, 11, 5) < at(finish, 15, 40):
        look = replace(look, due=finish)
        looks.append((at(told, 11, 5), look))
    if finish is not None and finish <= TODAY:
        looks.append((at(finish, 15, 40), replace(look, state="completed", percent=100)))
    key = add_story(stage, job, title, "milestone", looks, start=due, parent=parent)
    remember(stage, key, looks)
    piece = Piece(key, due, due, finish if finish is not None and finish <= TODAY else None, 2, 0)
    job.milestones.append(piece)
    return piece


def add_phase(stage: Stage, job: Job, title: str, start: date, due: date, minutes: int) -> str:
    """Plant a roll-up; its estimate holds its children's again."""
    return add_story(
        stage,
        job,
        title,
        "task",
        [(at(job.opened, 9, 20), Look(state="started", percent=50, due=due, minutes=minutes))],
        start=start,
    )
