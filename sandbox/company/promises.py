"""Checklists at a deal's two handoff points, and the promises made in it: signed, late, mapped or lost."""

from datetime import date
from typing import Any

from sandbox.company.days import TODAY, add_workdays, at
from sandbox.company.handoff_facts import ChecklistItem, Promise
from sandbox.company.stage import Stage, core, salesforce, salesforce_id
from sandbox.company.work_facts import Delivery

POINTS = ("sales_to_implementation", "implementation_to_success")
LABELS = ("Sales to implementation", "Implementation to success")
# Working days from the advance to the signature of each of two required items; None: not signed.
CHECKLISTS: tuple[tuple[int | None, ...], ...] = ((-2, -1), (-2, None), (-2, 3), (), (0, 0), (None, None))
KINDS = ("Promise", "Requirement", "Custom agreement")
# What a promise names: its target, whether that delivers it, and working days from the start to its mapping.
PROMISES: tuple[tuple[str, bool, int | None], ...] = (
    ("task", True, -5),
    ("clause", True, 0),
    ("task", True, 6),
    ("nothing", False, None),
    ("gone", False, -5),
    ("placeholder", False, -5),
    ("other", False, -5),
    ("clause", True, None),
)


def checklists(stage: Stage, deal: str, delivered: list[Delivery]) -> None:
    """Plant both checklists of a deal: two items that must be signed and one that need not."""
    closes = [delivery.closed for delivery in delivered if delivery.closed]
    won = stage.facts.deals[deal].closed
    start = min((delivery.start for delivery in delivered), default=add_workdays(won, 10))
    end = max(closes) if delivered and len(closes) == len(delivered) else None
    story = stage.number("checklist story")
    _checklist(stage, deal, 0, start, story % len(CHECKLISTS))
    if delivered:
        _checklist(stage, deal, 1, end, story // 2 % len(CHECKLISTS))


def _checklist(stage: Stage, deal: str, point: int, advance: date | None, story: int) -> None:
    born = add_workdays(stage.facts.deals[deal].closed, 1)
    if born > TODAY:
        return
    for place, days in enumerate((*CHECKLISTS[story], None)):
        is_required = place < len(CHECKLISTS[story])
        key, since = salesforce_id(stage, "Checklist_Item__c"), at(born, 15, 25)
        fields = {
            "Opportunity__c": deal.removeprefix(core("salesforce", "")),
            "Handoff_Point__c": LABELS[point],
            "Required__c": is_required,
            "Signed_Date__c": None,
        }
        salesforce(stage, "Checklist_Item__c", key, since, fields)
        item = ChecklistItem(deal, POINTS[point], is_required, None)
        history = stage.facts.checklist_items[core("salesforce", key)] = [(since, item)]
        signed = None if days is None or advance is None else add_workdays(advance, days)
        when = signed and at(max(signed, add_workdays(born, 1)), 15, 35)
        if signed and when and when.date() <= TODAY:
            signature = {"Signed_Date__c": signed.isoformat()}
            salesforce(stage, "Checklist_Item__c", key, when, fields | signature, created=since)
            history.append((when, ChecklistItem(deal, POINTS[point], is_required, signed)))


def promises(stage: Stage, deal: str, projects: list[str], delivered: list[Delivery]) -> None:
    """Plant the three promises of a deal; each sixth deal made none."""
    if stage.number("promising deal") % 6 == 5:
        return
    won = stage.facts.deals[deal].closed
    start = min((delivery.start for delivery in delivered), default=None)
    for kind in KINDS:
        target, has_target, days = PROMISES[stage.number("promise story") % len(PROMISES)]
        if target in ("task", "other") and not (start and _task(stage, projects)):
            target, has_target = "nothing", False
        mapped = add_workdays(start or won, days) if days is not None and target != "nothing" else None
        born = add_workdays(max(won, mapped or won), 1)
        if born > TODAY:
            continue
        others = [key for key in stage.facts.plans if key not in projects]
        fields: dict[str, Any] = {
            "Opportunity__c": deal.removeprefix(core("salesforce", "")),
            "Kind__c": kind,
            "Task__c": {"task": _task(stage, projects), "other": _task(stage, others), "gone": "1"}.get(target),
            "Scope_Clause__c": {"clause": "Section 3.2", "placeholder": "TBD"}.get(target),
            "Mapped_Date__c": mapped and mapped.isoformat(),
        }
        key, since = salesforce_id(stage, "Promise__c"), at(born, 13, 15)
        salesforce(stage, "Promise__c", key, since, fields)
        stage.facts.promises[core("salesforce", key)] = [(since, Promise(deal, has_target, mapped))]


def _task(stage: Stage, projects: list[str]) -> str | None:
    """The PSA's id of the first planned task of those projects, if they have a plan."""
    plans = [stage.facts.plans[key][0][1] for key in projects if key in stage.facts.plans]
    return plans[0].tasks[0].story.removeprefix(core("kantata", "")) if plans else None
