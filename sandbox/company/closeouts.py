"""What delivery hands over to customer success: the papers of each deal's delivery, and every way they fall short."""

from collections import defaultdict
from datetime import date

from sandbox.company.days import TODAY, add_workdays, at, workday
from sandbox.company.facts import Delivery, SuccessPlan
from sandbox.company.stage import Stage, core, salesforce, salesforce_id

PLAN_IN_TIME, PLAN_LATE, PLAN_AT_GO_LIVE, PLAN_DELETED, NO_PLAN = range(5)


def plant(stage: Stage) -> None:
    """Plant the papers of every deal, in the order in which the deals were won."""
    delivered: dict[str, list[Delivery]] = defaultdict(list)
    for key, project in stage.facts.projects.items():
        delivery, first = stage.facts.deliveries.get(key), project[0][1]
        if delivery and first and first.contract_type != "internal":
            delivered[delivery.deal].append(delivery)
    for deal in stage.facts.deals:
        projects = delivered.get(deal, [])
        if projects:
            _success_plan(stage, deal, projects, stage.number("success plan story") % 5)


def after_sale(stage: Stage, deal: str, day: date) -> date:
    """The day, or the second working day after the deal was won: a deal has no papers before."""
    return max(workday(day), add_workdays(stage.facts.deals[deal].closed, 2))


def _success_plan(stage: Stage, deal: str, delivered: list[Delivery], story: int) -> None:
    start = min(delivery.start for delivery in delivered)
    lives = [delivery.go_live for delivery in delivered if delivery.go_live]
    day = add_workdays(start, 8)
    if story in (PLAN_LATE, PLAN_AT_GO_LIVE):
        if not lives:
            return
        day = min(lives) if story == PLAN_AT_GO_LIVE else add_workdays(min(lives), 4)
    day = after_sale(stage, deal, day)
    if story == NO_PLAN or day > TODAY:
        return
    key, since = salesforce_id(stage, "Success_Plan__c"), at(day, 11, 50)
    fields = {"Opportunity__c": deal.removeprefix(core("salesforce", ""))}
    salesforce(stage, "Success_Plan__c", key, since, fields)
    history = stage.facts.success_plans[deal] = [(since, SuccessPlan(day))]
    gone = at(max(workday(date(2026, 10, 12)), add_workdays(day, 1)), 11, 55)
    if story == PLAN_DELETED and gone.date() <= TODAY:
        salesforce(stage, "Success_Plan__c", key, gone, fields, created=since, is_deleted=True)
        history.append((gone, None))
