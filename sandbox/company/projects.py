"""Workspaces: a project's terms, its stories and its plans."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import add_workdays, at
from sandbox.company.stage import Stage, core, custom_field, kantata, kantata_id
from sandbox.company.work_facts import Project

NOUNS = ("rollout", "migration", "integration", "onboarding", "data load", "training", "reporting", "upgrade")


@dataclass
class Job:
    """A project while it is planted; `key` is the workspace's id, `tasks` its planned leaf stories in order."""

    key: str
    project: str
    currency: str
    start: date
    opened: date
    tasks: list["Piece"] = field(default_factory=list)
    milestones: list["Piece"] = field(default_factory=list)
    rate: int | None = None  # the contract's own rate
    has_baseline: bool = True
    go_live: "Piece | None" = None  # the milestone that says so
    closed: date | None = None


@dataclass(frozen=True)
class Piece:
    """A planned story: worked from `start` to `finish`, planned from `start` to `due`; `finish` None: not done yet."""

    story: str
    start: date
    due: date
    finish: date | None
    role: int
    seconds: int


def open_job(
    stage: Stage,
    account: str,
    currency: str,
    contract_type: str,
    start: date,
    *,
    has_baseline: bool = True,
    opened: date | None = None,
    sow: date | None = None,
) -> Job:
    """Plant a workspace with its custom fields; tasks and terms follow."""
    key = kantata_id(stage, "workspaces")
    opened = opened or add_workdays(start, -10)
    when = at(opened, 9, 5)
    kantata(
        stage,
        "workspaces",
        key,
        when,
        {
            "title": f"{NOUNS[int(key) % 8].capitalize()} {int(key) % 1000}",
            "currency": currency,
            "currency_base_unit": BASE_UNIT[currency],
            "price_in_cents": None,
            "start_date": start.isoformat(),
            "due_date": None,
            "archived": False,
        },
    )
    job = Job(key, core("kantata", key), currency, start, opened, has_baseline=has_baseline)
    set_field(stage, job, "Salesforce account", account)
    set_field(stage, job, "Contract type", contract_type)
    set_field(stage, job, "SOW start", (sow or start).isoformat())
    stage.facts.projects[job.project] = [(when, Project(core("salesforce", account), contract_type, currency, start))]
    return job


def set_field(stage: Stage, job: Job, name: str, value: str, when: datetime | None = None) -> None:
    """Set a custom field of the workspace, from its opening on unless told."""
    custom_field(stage, "Workspace", job.key, name, value, when or at(job.opened, 9, 6))


def set_terms(stage: Stage, job: Job, **terms: int | bool) -> None:
    """Set the contract's terms, both as custom fields and as facts; known from the opening."""
    names = {
        "cap": ("Cap", str),
        "budget_seconds": ("Budget hours", hours),
        "retainer_seconds": ("Retainer hours", hours),
        "has_carry": ("Retainer negative carry", lambda value: str(value).lower()),
        "window_months": ("Retainer window months", str),
    }
    for term, value in terms.items():
        name, text = names[term]
        set_field(stage, job, name, text(value))
    history = stage.facts.projects[job.project]
    history[:] = [(since, state and replace(state, **terms)) for since, state in history]


def hours(seconds: int) -> str:
    """Seconds as hours with at most two decimals; whole multiples of 36 seconds only."""
    assert seconds % 36 == 0
    return f"{seconds // 3600}.{seconds % 3600 // 36:02d}"


def put_away(stage: Stage, job: Job, day: date) -> None:
    """Archive the workspace; its time stays."""
    first = stage.world.records["kantata", "workspaces"][job.key][0]
    fields = {name: value for name, value in first.record.items() if name not in ("id", "created_at", "updated_at")}
    kantata(stage, "workspaces", job.key, at(day, 10, 5), fields | {"archived": True}, created=first.visible_at)


def close(stage: Stage, job: Job, day: date, *, when: datetime | None = None) -> None:
    """The project is finished on a day."""
    job.closed = stage.facts.closes[job.project] = day
    set_field(stage, job, "Completed on", day.isoformat(), when or at(day, 16, 40))
