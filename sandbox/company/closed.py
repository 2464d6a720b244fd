"""The ledger of what delivery hands over: what each won deal's papers were planted to be."""

from dataclasses import dataclass
from datetime import date

from sandbox.company.days import BIRTH, clock_of
from sandbox.company.facts import Delivery, Facts, known


@dataclass(frozen=True)
class Closed:
    """One deal: the state of its success plan."""

    success_plan: str


def closed(facts: Facts, as_of: date) -> dict[str, Closed]:
    """By deal, those won by the day."""
    delivered: dict[str, list[Delivery]] = {}
    for project, delivery in facts.deliveries.items():
        state = known(facts.projects.get(project, []), clock_of(as_of))
        if state is not None and state.contract_type != "internal":
            delivered.setdefault(delivery.deal, []).append(delivery)
    found = {}
    for deal, fact in facts.deals.items():
        if BIRTH <= fact.closed <= as_of:
            found[deal] = Closed(_success_plan(facts, deal, delivered.get(deal, []), as_of))
    return found


def _success_plan(facts: Facts, deal: str, delivered: list[Delivery], as_of: date) -> str:
    lives = [delivery.go_live for delivery in delivered if delivery.go_live and delivery.go_live <= as_of]
    plan = known(facts.success_plans.get(deal, []), clock_of(as_of))
    if not lives:
        return "none" if plan is None else "started"
    if plan is None:
        return "missing"
    return "in_time" if plan.created < min(lives) else "late"
