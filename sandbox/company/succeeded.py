"""The ledger of project success: which closed projects were on time, on budget and rated well."""

from datetime import date

from sandbox.company.days import clock_of
from sandbox.company.earned import schedule
from sandbox.company.facts import Facts, known

GOOD = 4  # of five


def succeeded(facts: Facts, as_of: date) -> dict[str, str]:
    """By planned project of a client that closed by the day: success, failed or unknown."""
    ratings: dict[str, int | None] = {}
    for history in facts.closeouts.values():
        closeout = known(history, clock_of(as_of))
        if closeout is not None and closeout.meeting <= as_of:
            ratings[closeout.deal] = closeout.rating
    values, found = schedule(facts, as_of), {}
    for project, closed in facts.closes.items():
        if closed > as_of or project not in values:
            continue
        delivery, value = facts.deliveries.get(project), values[project]
        rating = ratings.get(delivery.deal) if delivery else None
        plan = [plan for since, plan in facts.plans[project] if plan.approved <= as_of][-1]
        finish = max(task.due for task in plan.tasks if not task.is_milestone)
        if rating is None or delivery is None or delivery.go_live is None:
            found[project] = "unknown"
        else:
            is_success = delivery.go_live <= finish and value.actual_cost <= value.budget and rating >= GOOD
            found[project] = "success" if is_success else "failed"
    return found
