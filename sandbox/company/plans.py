"""Plans: the baselines approved over a project's stories, and the plan of a project without any."""

import json
from datetime import date

from sandbox.company.days import DEMO_DAYS, FIRST_PULL, add_workdays, at, local_day
from sandbox.company.projects import Job, Piece
from sandbox.company.staff import cost_rate
from sandbox.company.stage import Stage, core, event, kantata, kantata_id
from sandbox.company.work_facts import Plan, PlanTask


def baseline(
    stage: Stage, job: Job, day: date, *, phases: tuple[str, ...] = (), shift: int = 0, extra: tuple[Piece, ...] = ()
) -> None:
    """Approve a plan: every task and milestone, due `shift` working days after the first plan's dates."""
    pieces = [*job.tasks, *extra, *job.milestones]
    dues = {piece.story: add_workdays(piece.due, shift) if shift else piece.due for piece in pieces}
    key, payload, when = (
        kantata_id(stage, "workspace_baselines"),
        kantata_id(stage, "baseline_payloads"),
        at(day, 13, 45),
    )
    rows = [
        {
            "story_id": piece.story,
            "start_date": piece.start.isoformat(),
            "due_date": dues[piece.story].isoformat(),
            "percentage_complete": 0,
        }
        for piece in pieces
    ]
    rows += [
        {
            "story_id": phase,
            "start_date": pieces[0].start.isoformat(),
            "due_date": max(dues.values()).isoformat(),
            "percentage_complete": 0,
        }
        for phase in phases
    ]
    plans = stage.facts.plans.setdefault(job.project, [])
    kantata(
        stage,
        "workspace_baselines",
        key,
        when,
        {
            "workspace_id": job.key,
            "title": f"Plan {len(plans) + 1}",
            "due_date": max(dues.values()).isoformat(),
            "baseline_payload_ids": [payload],
        },
    )
    kantata(
        stage,
        "baseline_payloads",
        payload,
        when,
        {"workspace_baseline_id": key, "raw_data": json.dumps({"stories": rows})},
    )
    if plans:
        event(
            stage,
            "schedule_change_order:created",
            "ScheduleChangeOrder",
            key,
            when,
            {"workspace_id": job.key, "status": "approved"},
        )
    plans.append((when, plan_of(job, len(plans) + 1, local_day(when), "vendor", pieces, dues)))


def plan_of(job: Job, number: int, day: date, origin: str, pieces: list[Piece], dues: dict[str, date]) -> Plan:
    """A plan as a fact, at the role rates of its day."""
    milestones = {piece.story for piece in job.milestones}
    return Plan(
        number,
        day,
        origin,
        tuple(
            PlanTask(
                core("kantata", piece.story),
                piece.start,
                dues[piece.story],
                piece.seconds,
                cost_rate(piece.role, day),
                piece.story in milestones,
            )
            for piece in pieces
        ),
    )


def first_seen(stage: Stage, job: Job) -> None:
    """The plan of a project without a baseline: its stories as they were first pulled."""
    clock = next(clock for clock, _ in DEMO_DAYS if clock > at(job.opened, 9, 35))
    pieces = [*job.tasks, *job.milestones]
    dues = {}
    for piece in pieces:
        shown = [look for when, look in stage.facts.stories[core("kantata", piece.story)] if when <= clock][-1]
        assert shown is not None
        dues[piece.story] = shown.forecast
    assert clock >= FIRST_PULL
    stage.facts.plans[job.project] = [(clock, plan_of(job, 1, local_day(clock), "first_seen", pieces, dues))]
