"""What delivery hands over to customer success: the papers of each deal's delivery, and every way they fall short."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from sandbox.company.days import TODAY, add_workdays, at, workday
from sandbox.company.handoff_facts import Closeout, Debrief, SuccessPlan
from sandbox.company.promises import checklists, promises
from sandbox.company.stage import Stage, core, salesforce, salesforce_id
from sandbox.company.work_facts import Delivery

PLAN_IN_TIME, PLAN_LATE, PLAN_AT_GO_LIVE, PLAN_DELETED, NO_PLAN = range(5)
# What a closeout lacks: the fields of its record, and what then does not hold.
CLOSEOUTS: tuple[tuple[dict[str, Any], dict[str, bool]], ...] = (
    ({}, {}),
    ({"Customer_Attended__c": False}, {"is_attended": False}),
    ({"CS_Attended__c": None}, {"is_attended": False}),
    ({"Next_Steps__c": "tbd"}, {"has_next_steps": False}),
    ({"Document__c": None}, {"has_document": False}),
    ({"Signed_Date__c": None}, {}),
)
RATINGS = (5, 4, 3, 5, None)  # of five, by the customer
UNVALIDATED, NO_LIST, NO_CLOSEOUT, SIGNED_LATE, DELETED = range(len(CLOSEOUTS), len(CLOSEOUTS) + 5)
# What a debrief says, how many working days before the sign-off it is held, and whether all is said.
DEBRIEFS: tuple[tuple[tuple[dict[str, Any], int, bool], ...], ...] = (
    (({}, 3, True),),
    (({"Workarounds__c": "n/a"}, 3, False),),
    (({"Sentiment__c": None}, 2, False),),
    (({"Executive_Goals__c": "..."}, 2, False), ({}, 1, True)),
    (({}, 0, True),),
    (({}, -2, True),),
    (({}, 4, True), ({"Sentiment__c": "unknown"}, -3, False)),  # the one before the sign-off counts
    (),
)


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
            _close_out(stage, deal, projects)
        checklists(stage, deal, projects)
        promises(stage, deal, _by_start(stage, deal), projects)


def _by_start(stage: Stage, deal: str) -> list[str]:
    """The deal's projects, the first to start first: a promise is mapped to a task that is there by then."""
    mine = [(one.start, key) for key, one in stage.facts.deliveries.items() if one.deal == deal]
    return [key for _, key in sorted(mine)]


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


def _close_out(stage: Stage, deal: str, delivered: list[Delivery]) -> None:
    closes = [delivery.closed for delivery in delivered if delivery.closed]
    lives = [delivery.go_live for delivery in delivered if delivery.go_live]
    if len(closes) == len(delivered):
        story = 4 * stage.number("closeout story") % (DELETED + 1)  # in steps, so that a small company has each kind
        meeting = after_sale(stage, deal, add_workdays(max(closes), -1))
        _debriefs(stage, deal, meeting, stage.number("debrief story") % len(DEBRIEFS))
        if story != NO_CLOSEOUT:
            _closeout(stage, deal, meeting, story)
    elif lives:  # live, not closed yet: the meeting is planned for December, half of them without a debrief so far
        planned = stage.number("planned closeout")
        known = after_sale(stage, deal, add_workdays(max(lives), 1))
        if known > TODAY:
            return
        if planned % 2:
            _debriefs(stage, deal, known, 0)
        fields = (
            _filled(deal)
            | {"Meeting_Date__c": "2026-12-10", "Signed_Date__c": None, "Document__c": None}
            | {"Rating__c": None}
        )
        key, meeting = salesforce_id(stage, "Closeout__c"), date(2026, 12, 10)
        salesforce(stage, "Closeout__c", key, at(known, 15, 5), fields)
        stage.facts.closeouts[core("salesforce", key)] = [(at(known, 15, 5), Closeout(deal, meeting))]


def _debriefs(stage: Stage, deal: str, signoff: date, story: int) -> None:
    for changed, before, is_complete in DEBRIEFS[story]:
        held = add_workdays(signoff, -before)
        since = at(after_sale(stage, deal, held), 14, 50)
        if since.date() > TODAY:
            continue
        key = salesforce_id(stage, "Debrief__c")
        fields = {
            "Opportunity__c": deal.removeprefix(core("salesforce", "")),
            "Held_Date__c": held.isoformat(),
            "Sentiment__c": "The controllers are glad, the warehouse is not yet",
            "Workarounds__c": "Returns are booked by hand on Fridays",
            "Executive_Goals__c": "Close the books in five days by spring",
        }
        salesforce(stage, "Debrief__c", key, since, fields | changed)
        stage.facts.debriefs[core("salesforce", key)] = [(since, Debrief(deal, held, is_complete))]


def _filled(deal: str) -> dict[str, Any]:
    """A closeout with all that is asked but its days."""
    return {
        "Opportunity__c": deal.removeprefix(core("salesforce", "")),
        "Customer_Attended__c": True,
        "Implementation_Attended__c": True,
        "CS_Attended__c": True,
        "Next_Steps__c": "Tickets go to the service desk; a review in the fourth week",
        "Document__c": "https://files.example.com/sign-off",
    }


def _closeout(stage: Stage, deal: str, meeting: date, story: int) -> None:
    """A closeout that was held: its record, its two deliverables, and what becomes of it."""
    if meeting > TODAY:
        return
    changed, lacks = CLOSEOUTS[story if story < len(CLOSEOUTS) else 0]
    rating = RATINGS[stage.number("rating") % len(RATINGS)]
    held = {"Meeting_Date__c": meeting.isoformat(), "Signed_Date__c": meeting.isoformat(), "Rating__c": rating}
    fields = _filled(deal) | held | changed
    fact = replace(
        Closeout(deal, meeting, signed=meeting if fields["Signed_Date__c"] else None, rating=rating),
        **lacks | ({"is_validated": False} if story in (UNVALIDATED, NO_LIST) else {}),
    )
    if story == SIGNED_LATE:
        fields["Signed_Date__c"], fact = None, replace(fact, signed=None)
    key, since = salesforce_id(stage, "Closeout__c"), at(meeting, 15, 5)
    salesforce(stage, "Closeout__c", key, since, fields)
    listed = [] if story == NO_LIST else _deliverables(stage, key, meeting, is_validated=story != UNVALIDATED)
    history = stage.facts.closeouts[core("salesforce", key)] = [(since, fact)]
    later = max(add_workdays(meeting, 10), workday(date(2026, 10, 8)))
    if later > TODAY:
        return
    if story == SIGNED_LATE:
        signed = fields | {"Signed_Date__c": later.isoformat()}
        salesforce(stage, "Closeout__c", key, at(later, 15, 10), signed, created=since)
        history.append((at(later, 15, 10), replace(fact, signed=later)))
    if story == DELETED:
        salesforce(stage, "Closeout__c", key, at(later, 15, 10), fields, created=since, is_deleted=True)
        for part, record in listed:  # master-detail: they go with it
            salesforce(stage, "Deliverable__c", part, at(later, 15, 10), record, created=since, is_deleted=True)
        history.append((at(later, 15, 10), None))


def _deliverables(
    stage: Stage, closeout: str, meeting: date, *, is_validated: bool
) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for place in range(2):
        key = salesforce_id(stage, "Deliverable__c")
        day = meeting if is_validated or not place else None
        record = {"Closeout__c": closeout, "Validated_Date__c": day and day.isoformat()}
        salesforce(stage, "Deliverable__c", key, at(meeting, 15, 5), record)
        found.append((key, record))
    return found
