"""Who looks after each customer, and what passes between people: meetings and e-mails, with all that is no contact."""

from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.company.customer_facts import Contact, Owner
from sandbox.company.days import BIRTH, TODAY, at
from sandbox.company.handoff_facts import Deal
from sandbox.company.stage import Stage, salesforce, salesforce_id
from sandbox.company.touched import lives

ROLES = {
    "sales": "Account Executive",
    "implementation": "Implementation Lead",
    "customer_success": "Customer Success Manager",
}
BOTH = ("implementation", "customer_success")
# The burn-in's stories; the window is 14 days from the go-live on.
JOINT, APART, ALONE, NO_SHOW, AUTOMATIC, INTERNAL, LATE, EDGES, DECLINED, LEFT = range(10)
# After the sale: the customer goes on writing, never writes, stops, or only machines write.
WRITES, SILENT, FADES, ABSENT = range(4)
EVERY, FOR = 6, 48  # days between the replies of one who writes, and for how long


@dataclass(frozen=True)
class Side:
    """One customer's people: a contact of theirs, and one of us in each team."""

    account: str
    contact: str
    ours: dict[str, str]


def plant(stage: Stage) -> None:
    """Plant each customer's team and the contacts around every deal that was handed over."""
    people = {team: [salesforce_id(stage, "User") for _ in range(5)] for team in ROLES}
    merged = {key for key, history in stage.facts.accounts.items() if history[-1][1] and history[-1][1].merged_into}
    sides: dict[str, Side] = {}
    for deal, fact in stage.facts.deals.items():
        if fact.closed < BIRTH or fact.account in merged:
            continue
        n, live = stage.number("contact story"), lives(stage.facts, deal, TODAY)
        if fact.account not in sides:
            ours = {team: members[n % len(members)] for team, members in people.items()}
            sides[fact.account] = Side(fact.account, salesforce_id(stage, "Contact"), ours)
            _assign(stage, sides[fact.account], fact, live, n % (LEFT + 1))
        _after_sale(stage, sides[fact.account], fact.closed, n % (ABSENT + 1))
        if live:
            _burn_in(stage, sides[fact.account], live, n % (LEFT + 1))


def _assign(stage: Stage, side: Side, fact: Deal, live: date | None, story: int) -> None:
    born = stage.facts.accounts[side.account][0][0]
    for team, role in ROLES.items():
        if story == ALONE and team == "customer_success":
            continue
        begin = max(born.date() + timedelta(days=1), min(fact.closed, (live or fact.closed) - timedelta(days=15)))
        key, person = salesforce_id(stage, "AccountTeamMember"), side.ours[team]
        fields = {"AccountId": side.account.removeprefix("salesforce:"), "UserId": person, "TeamMemberRole": role}
        salesforce(stage, "AccountTeamMember", key, at(begin, 9, 20), fields)
        end = None
        if story == LEFT and team == "implementation" and live and begin < live <= TODAY:
            end = live  # gone on the very day
            salesforce(stage, "AccountTeamMember", key, at(end, 12), fields, created=at(begin, 9, 20), is_deleted=True)
        stage.facts.owners.setdefault(side.account, []).append(Owner(team, begin, end))


def _after_sale(stage: Stage, side: Side, closed: date, story: int) -> None:
    if story == SILENT:
        return
    for days in range(2, FOR if story == WRITES else 2 * EVERY, EVERY):
        _mail(stage, side, closed + timedelta(days=days), "sales", is_automated=story == ABSENT)


def _burn_in(stage: Stage, side: Side, live: date, story: int) -> None:
    def day(number: int) -> date:
        return live + timedelta(days=number)

    if story in (JOINT, LATE, DECLINED, LEFT):
        _meet(stage, side, day(14 if story == LATE else 3), BOTH, is_declined=story == DECLINED)
    elif story == EDGES:
        _mail(stage, side, day(0), "implementation")
        _mail(stage, side, day(13), "customer_success")
    elif story == INTERNAL:
        _meet(stage, side, day(2), BOTH, is_internal=True)
    else:
        _meet(stage, side, day(2), ("implementation",))
        if story == NO_SHOW:
            _meet(stage, side, day(4), ("customer_success",), outcome="No Show")
        else:
            _mail(stage, side, day(5), "customer_success", is_automated=story == AUTOMATIC)


def _meet(
    stage: Stage,
    side: Side,
    day: date,
    teams: tuple[str, ...],
    *,
    kind: str = "Check-in",
    outcome: str = "Held",
    is_declined: bool = False,
    is_internal: bool = False,
) -> None:
    """A meeting that the first team's member calls; every other one of us has a child event in the own calendar."""
    if day > TODAY:
        return
    since, owner, *others = at(day, 15, 10), *(side.ours[team] for team in teams)
    key = salesforce_id(stage, "Event")
    fields = {
        "AccountId": side.account.removeprefix("salesforce:"),
        "WhatId": side.account.removeprefix("salesforce:"),
        "OwnerId": owner,
        "Type": kind,
        "StartDateTime": f"{day.isoformat()}T13:00:00.000+0000",
        "Outcome__c": outcome,
        "IsChild": False,
    }
    salesforce(stage, "Event", key, since, fields)
    for person in others:
        child = fields | {"OwnerId": person, "IsChild": True}
        salesforce(stage, "Event", salesforce_id(stage, "Event"), since, child)
    invited = [(person, "Accepted") for person in others]
    if not is_internal:
        invited.append((side.contact, "Declined" if is_declined else "Accepted"))
    for person, status in invited:
        relation = {"EventId": key, "RelationId": person, "Status": status}
        salesforce(stage, "EventRelation", salesforce_id(stage, "EventRelation"), since, relation)
    if outcome == "Held" and not is_declined and not is_internal:
        stage.facts.contacts.setdefault(side.account, []).append(Contact(day, teams))


def _mail(stage: Stage, side: Side, day: date, team: str, *, is_automated: bool = False) -> None:
    """An e-mail that the customer writes to a team."""
    if day > TODAY:
        return
    since, key = at(day, 10, 25), salesforce_id(stage, "EmailMessage")
    fields = {
        "RelatedToId": side.account.removeprefix("salesforce:"),
        "Incoming": True,
        "MessageDate": f"{day.isoformat()}T10:20:00.000+0000",
        "Automated__c": is_automated,
    }
    salesforce(stage, "EmailMessage", key, since, fields)
    for person, kind in ((side.contact, "FromAddress"), (side.ours[team], "ToAddress"), (None, "CcAddress")):
        relation = {"EmailMessageId": key, "RelationId": person, "RelationType": kind}
        salesforce(stage, "EmailMessageRelation", salesforce_id(stage, "EmailMessageRelation"), since, relation)
    if not is_automated:
        stage.facts.contacts.setdefault(side.account, []).append(Contact(day, (team,)))
