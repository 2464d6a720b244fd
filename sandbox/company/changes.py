"""Change orders: in the event feed for nine days, and in their story's custom fields for good."""

from dataclasses import dataclass
from datetime import date

from sandbox.company.days import add_workdays, at
from sandbox.company.projects import Job
from sandbox.company.stage import Stage, core, custom_field, event, kantata_id
from sandbox.company.stories import Look, add_story
from sandbox.company.work_facts import Change


@dataclass(frozen=True)
class Step:
    """What a change order became on a day."""

    day: date
    status: str
    approved: date | None = None
    accepted: date | None = None


@dataclass(frozen=True)
class Order:
    """A planted change order: its core id and the story its time goes to."""

    change: str
    story: str


def add_change(stage: Stage, job: Job, pricing: str, steps: tuple[Step, ...], *, amount: int = 0) -> Order:
    """Plant a change order with its story and its history; `amount` in minor units of the project's currency."""
    key, born = kantata_id(stage, "change_orders"), at(steps[0].day, 9, 15)
    due = add_workdays(steps[0].day, 30)
    story = add_story(stage, job, f"Change {key}", "task", [(born, Look(due=due, minutes=None))], start=steps[0].day)
    history = stage.facts.changes[core("kantata", key)] = []
    for place, step in enumerate(steps):
        when = at(step.day, 9, 15) if place == 0 else at(step.day, 12, 35)
        values = {
            "Change order": key,
            "Change order status": step.status,
            "Change order pricing": pricing,
            "Change order amount": str(amount),
            "Change order approved on": step.approved and step.approved.isoformat(),
            "Change order accepted on": step.accepted and step.accepted.isoformat(),
        }
        before = steps[place - 1] if place else None
        for name, value in values.items():
            if value is not None and (before is None or changed(name, before, step)):
                custom_field(stage, "Story", story, name, value, when)
        event(
            stage,
            f"budget_change_order:{'updated' if place else 'created'}",
            "BudgetChangeOrder",
            key,
            when,
            {
                "id": key,
                "workspace_id": job.key,
                "title": f"Change {key}",
                "status": step.status,
                "pricing": pricing,
                "amount_in_cents": amount,
                "currency": job.currency,
                "approved_on": step.approved and step.approved.isoformat(),
                "accepted_on": step.accepted and step.accepted.isoformat(),
            },
        )
        history.append(
            (when, Change(job.project, step.status, pricing, amount, job.currency, step.approved, step.accepted))
        )
    return Order(core("kantata", key), story)


def changed(name: str, before: Step, step: Step) -> bool:
    """Whether a custom field moves from one step to the next."""
    return {
        "Change order status": before.status != step.status,
        "Change order approved on": before.approved != step.approved,
        "Change order accepted on": before.accepted != step.accepted,
    }.get(name, False)
