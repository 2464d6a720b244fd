"""What customers ask for: each kind of request, with the right team and with the wrong one, matched or not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.company.customer_facts import Ticket
from sandbox.company.days import LONDON, TODAY, at, salesforce_stamp, workday
from sandbox.company.stage import Stage, core, salesforce, salesforce_id

EACH = 2  # requests of a customer
FIRST_DAY, LAST_DAY = date(2026, 6, 1), date(2026, 11, 17)
NEVER_THERE = "0018d0000000NONEAA"  # no account has this id


@dataclass(frozen=True)
class Asked:
    """A request as the CRM words it, and what it was planted to come to."""

    request_type: str | None
    team: str | None
    kind: str
    handler: str
    is_misrouted: bool | None


REQUESTS = (
    Asked("Incident", "Support", "reactive", "support", False),
    Asked("Question", "Customer Success", "reactive", "success", True),
    Asked("Business Review", "Customer Success", "strategic", "success", False),
    Asked("Training", "Support", "proactive", "support", True),
    Asked("adoption ", "customer success", "proactive", "success", False),
    Asked(None, "Support", "unknown", "support", None),
    Asked("Problem", None, "reactive", "unknown", None),
    Asked("Renewal", "Partners", "strategic", "unknown", None),
)


@dataclass(frozen=True)
class Course:
    """What becomes of a request: hours until a person answers, days until it is solved."""

    is_escalated: bool
    reply_hours: int | None
    solved_days: int | None


COURSES = (
    Course(False, 4, 3),
    Course(True, 2, 9),
    Course(False, 3, 2),
    Course(True, 51, None),
    Course(True, None, None),  # nobody ever answered
    Course(False, None, None),
    Course(False, 5, 14),
)


def ask_for_help(stage: Stage, accounts: Sequence[str]) -> None:
    """Plant the requests of the customers, and one that went away."""
    for place, account in enumerate(accounts):
        if place % 3:  # a third of the customers reach nobody in particular
            _route(stage, account, place)
        for _ in range(EACH):
            _ask(stage, account, stage.number("request"))


def _route(stage: Stage, account: str, place: int) -> None:
    """Every other one only since October 2026."""
    since = at(date(2026, 10, 5) if place % 2 else date(2026, 2, 2), 10, 8)
    key = salesforce_id(stage, "Escalation_Route__c")
    salesforce(stage, "Escalation_Route__c", key, since, {"Account__c": account, "Reaches__c": "Support"})
    stage.facts.routed[core("salesforce", account)] = since


def _ask(stage: Stage, account: str, n: int) -> None:
    told, course = REQUESTS[n % len(REQUESTS)], COURSES[n % len(COURSES)]
    customer = {11: None, 12: NEVER_THERE}.get(n % 13, account)
    day = workday(FIRST_DAY + timedelta(days=n * 11 % (LAST_DAY - FIRST_DAY).days))
    opened = at(day, 9, 7)
    key = salesforce_id(stage, "Case")
    fields: dict[str, Any] = {
        "AccountId": customer,
        "Type": told.request_type,
        "Team__c": told.team,
        "Status": "New",
        "Escalated_At__c": salesforce_stamp(opened + timedelta(hours=1)) if course.is_escalated else None,
        "First_Reply_At__c": None,
        "ClosedDate": None,
        "Satisfaction__c": None,
        "Rated_At__c": None,
    }
    fact = Ticket(
        core("salesforce", customer) if customer else None,
        told.kind,
        told.handler,
        told.is_misrouted,
        day,
        escalated=day if course.is_escalated else None,
    )
    history = stage.facts.tickets[core("salesforce", key)] = [(opened, fact)]
    salesforce(stage, "Case", key, opened, fields)

    def then(when: datetime, changed: dict[str, Any], known: Ticket | None) -> None:
        """The next version of the record, and what is known with it."""
        salesforce(stage, "Case", key, when, fields | changed, created=opened, is_deleted=known is None)
        fields.update(changed)
        history.append((when, known))

    if course.reply_hours is not None:
        replied = opened + timedelta(hours=course.reply_hours)
        fact = replace(fact, replied=replied.astimezone(LONDON).date(), reply_seconds=course.reply_hours * 3600)
        then(replied, {"Status": "Working", "First_Reply_At__c": salesforce_stamp(replied)}, fact)
    if course.solved_days is None or (solved := workday(day + timedelta(days=course.solved_days))) > TODAY:
        return
    rating = {0: "good", 1: "bad"}.get(n % 5)
    closed = salesforce_stamp(at(solved, 15, 5))
    rated = {"Satisfaction__c": rating, "Rated_At__c": closed} if rating else {}
    fact = replace(fact, closed=solved, rating=rating)
    then(at(solved, 15, 5), {"Status": "Closed", "ClosedDate": closed, **rated}, fact)
    if n % 17 == 2 and (gone := workday(solved + timedelta(days=20))) <= TODAY:
        then(at(gone, 11, 5), {}, None)
