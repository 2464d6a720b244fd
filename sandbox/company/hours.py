"""Time entries: who worked when on what, and when it was approved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import TODAY, add_workdays, at, is_working, workday
from sandbox.company.projects import Job
from sandbox.company.staff import UNRATED, bill_rate, cost_rate, native, role_id, user_id
from sandbox.company.stage import Stage, core, kantata, kantata_id
from sandbox.company.work_facts import Entry

TWO_STEPS_FROM = date(2026, 8, 17)  # older time is planted as already approved
BLOCKS = (60, 90, 120, 150, 180, 240, 300, 420, 75, 50)


@dataclass(frozen=True)
class Logged:
    """A planted entry: its Kantata id and its final state."""

    key: str
    entry: Entry
    is_stamped: bool  # its bill rate stands on it


def approval_of(day: date) -> datetime:
    """Weekly, on the next Monday or the working day after it: many entries share the instant."""
    return at(workday(day + timedelta(days=7 - day.weekday())), 10, 15)


def log(
    stage: Stage,
    job: Job,
    story: str | None,
    day: date,
    minutes: int,
    role: int,
    *,
    scope: str = "in_scope",
    reason: str = "",
    change: str = "",
    approved: datetime | str | None = "weekly",
    stamp: str = "some",
    when: datetime | None = None,
    updated: datetime | None = None,
) -> Logged:
    """Plant a time entry.

    `approved`: "weekly", an instant, None (stays submitted) or "draft". `stamp`: which rates stand on it: "all", "bill"
    (cost on most), "some" (both on most) or "none" (the bill rate is looked up); time that is not billable shows 0.
    Time to be invoiced needs its bill rate, since Kantata's invoices list entries without amounts.
    """
    key, n = kantata_id(stage, "time_entries"), stage.used["time_entries"]
    is_billable = scope not in ("goodwill", "contractual_non_billable")
    own = job.rate if job.rate is not None else None if job.currency != "USD" else bill_rate(role, day)
    has_bill = stamp in ("all", "bill") or (is_billable and job.currency != "USD")
    has_bill = has_bill or (stamp == "some" and n % 5 > 0 and is_billable and role != UNRATED)
    has_cost = stamp == "all" or job.currency != "USD" or job.rate is not None or role == UNRATED or n % 3 > 0
    cost = cost_rate(role, day) or 70_00
    bill = native(bill_rate(role, day) or 130_00, job.currency) if has_bill and own is None else own
    stamped = 0 if not is_billable and stamp != "none" else bill if has_bill else None
    entry = Entry(
        job.project,
        day,
        minutes * 60,
        bill,
        job.currency,
        native(cost, job.currency) if has_cost else cost,
        job.currency if has_cost else "USD",
        False,
        scope,
        reason,
        change,
    )
    fields = {
        "workspace_id": job.key,
        "story_id": story,
        "user_id": user_id(role, n),
        "role_id": role_id(role),
        "date_performed": day.isoformat(),
        "time_in_minutes": minutes,
        "billable": is_billable,
        "approved": False,
        "in_active_submission": approved != "draft",
        "rate_in_cents": stamped,
        "cost_rate_in_cents": native(cost, job.currency) if has_cost else None,
        "currency": job.currency,
        "currency_base_unit": BASE_UNIT[job.currency],
    }
    final = write(stage, key, fields, entry, approval_of(day) if approved == "weekly" else approved, when, updated)
    return Logged(key, final, bool(stamped))


def write(
    stage: Stage,
    key: str,
    fields: dict[str, Any],
    entry: Entry,
    approved: datetime | str | None,
    when: datetime | None,
    updated: datetime | None,
) -> Entry:
    """Write an entry's versions: submitted, then approved; old ones as approved only. Gives its last state."""
    name, logged = core("kantata", key), when or at(entry.day, 16, 50)
    done = replace(entry, is_approved=True)
    history = stage.facts.entries[name] = []
    if (
        isinstance(approved, datetime)
        and entry.day < TWO_STEPS_FROM
        and approved.date() < TWO_STEPS_FROM
        and when is None
    ):
        kantata(
            stage,
            "time_entries",
            key,
            approved,
            fields | {"approved": True, "in_active_submission": False},
            created=logged,
        )
        history.append((approved, done))
        return done
    kantata(stage, "time_entries", key, logged, fields, updated=updated, created=updated)
    history.append((logged, entry))
    if isinstance(approved, datetime) and approved.date() <= TODAY:
        kantata(
            stage,
            "time_entries",
            key,
            approved,
            fields | {"approved": True, "in_active_submission": False},
            created=updated or logged,
        )
        history.append((approved, done))
        return done
    return entry


def spread(first: date, last: date, count: int) -> Iterator[date]:
    """At most `count` working days, evenly over a span."""
    if last < first:
        return
    length = (last - first).days + 1
    for place in range(count):
        day = first + timedelta(days=place * length // count)
        if is_working(day):
            yield day


def work(stage: Stage, job: Job, *, each: int = 26, stamp: str = "bill") -> list[Logged]:
    """Plant in-scope time on the planned tasks, from their start to their finish or today."""
    made = []
    for piece in job.tasks:
        last = min(piece.finish or add_workdays(piece.due, 40), TODAY)
        for day in spread(piece.start, last, each):
            made.append(log(stage, job, piece.story, day, stage.rng.choice(BLOCKS), piece.role, stamp=stamp))
    return made
