"""The ledger of surveys: whether each finished project was asked in time, and what was answered by month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.company.customer_facts import Survey
from sandbox.company.days import clock_of, month_of
from sandbox.company.facts import Facts, known

IN_TIME = timedelta(days=1)


@dataclass(frozen=True)
class Answers:
    """The surveys sent in a month: how many, how many were answered, and what the answers come to."""

    sent: int
    answered: int
    positive: int
    negative: int
    points: int


def surveys(facts: Facts, as_of: date) -> list[Survey]:
    """What was asked by the day, as answered by then."""
    clock = clock_of(as_of)
    states = (known(history, clock) for history in facts.surveys.values())
    return [one for one in states if one is not None and one.sent <= as_of]


def closeouts(facts: Facts, as_of: date) -> dict[str, str]:
    """By client project that is closed: in_time, late, due or missing."""
    sent = defaultdict(list)
    for one in surveys(facts, as_of):
        if one.occasion == "closeout" and one.project:
            sent[one.project].append(one.sent)
    found = {}
    for project, delivery in facts.deliveries.items():
        terms, end = known(facts.projects.get(project, []), clock_of(as_of)), delivery.closed
        if terms is None or terms.contract_type == "internal" or end is None or end > as_of:
            continue
        days = [day for day in sent[project] if day >= end - IN_TIME]
        if days:
            found[project] = "in_time" if min(days) <= end + IN_TIME else "late"
        else:
            found[project] = "due" if as_of <= end + IN_TIME else "missing"
    return found


def answers(facts: Facts, as_of: date) -> dict[tuple[date, str, str], Answers]:
    """By (month of sending, occasion, kind)."""
    groups = defaultdict(list)
    for one in surveys(facts, as_of):
        groups[month_of(one.sent), one.occasion, one.kind].append(one)
    found = {}
    for key, group in groups.items():
        given = [(one.score, one.scale) for one in group if one.score is not None]
        low = 6 if key[2] == "nps" else 2
        found[key] = Answers(
            len(group),
            len(given),
            sum(score >= scale - 1 for score, scale in given),
            sum(score <= low for score, _ in given),
            sum(score for score, _ in given),
        )
    return found
