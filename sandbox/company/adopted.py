"""The ledger of life after go-live: silence by customer and product, and training by project."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sandbox.company.customer_facts import Line
from sandbox.company.days import clock_of
from sandbox.company.facts import Facts, known
from sandbox.company.revenue import book, service_end, walk

QUIET_DAYS, FRESH_DAYS = 30, 2


@dataclass(frozen=True)
class Quiet:
    """One live customer: silent for so many days, its products in force, those nobody uses, and its training."""

    state: str  # active, quiet, former
    quiet_days: int
    product_count: int
    orphan_product_count: int
    is_training_complete: bool


@dataclass(frozen=True)
class Trained:
    """One project: operators that must be trained, those who are, and those who were when it was finished."""

    state: str  # none, open, ready, untrained
    required_count: int
    trained_count: int
    trained_in_time_count: int


def go_lives(facts: Facts, as_of: date) -> dict[str, date]:
    """By client project that is live: since when."""
    return {
        project: day for project, delivery in facts.deliveries.items()
        if (day := delivery.go_live) and day <= as_of and _is_client(facts, project, as_of)
    }  # fmt: skip


def _is_client(facts: Facts, project: str, as_of: date) -> bool:
    terms = known(facts.projects.get(project, []), clock_of(as_of))
    return terms is not None and terms.contract_type != "internal"


def quiet(facts: Facts, as_of: date) -> dict[str, Quiet]:
    """By account of each customer that is live; the usage counts are fresh on every demo day."""
    clock, live = clock_of(as_of), dict[str, date]()
    for project, day in go_lives(facts, as_of).items():
        account = facts.projects[project][-1][1].account
        live[account] = max(day, live.get(account, day))
    last: dict[tuple[str, str], date] = {}
    newest = date.min
    for since, use in facts.uses:
        if since <= clock and use.day <= as_of:
            newest = max(newest, use.day)
            if use.who == "customer" and use.active > 0:
                key = use.account, use.product
                last[key] = max(use.day, last.get(key, use.day))
    assert (as_of - newest).days <= FRESH_DAYS
    held, found = book(facts, as_of), {}
    products = _products(facts, as_of)
    untrained = {
        facts.projects[project][-1][1].account
        for project, one in trained(facts, as_of).items()
        if one.trained_count < one.required_count
    }
    for account, day in live.items():
        balance = [after for when, _, _, after in walk(held, account) if when <= as_of]
        is_customer = bool(balance) and balance[-1] > 0
        own = products[account] if is_customer else {}
        since = max([day, *(used for (who, _), used in last.items() if who == account)])
        orphans = [
            product for product, start in own.items()
            if (as_of - max(day, start, last.get((account, product), start))).days >= QUIET_DAYS
        ]  # fmt: skip
        silent = (as_of - since).days
        state = "former" if not is_customer else "quiet" if silent >= QUIET_DAYS else "active"
        found[account] = Quiet(state, silent, len(own), len(orphans), account not in untrained)
    return found


def _products(facts: Facts, as_of: date) -> dict[str, dict[str, date]]:
    """By account: its products with a line in force, and the first day of each."""
    clock = clock_of(as_of)
    lines = {key: line for key, history in facts.lines.items() if (line := known(history, clock)) is not None}
    siblings: dict[str, dict[str, Line]] = defaultdict(dict)
    for key, line in lines.items():
        siblings[line.account][key] = line
    first: dict[tuple[str, str], date] = {}
    in_force = set()
    for key, line in lines.items():
        bought = line.account, line.product
        first[bought] = min(line.start, first.get(bought, line.start))
        end = service_end(key, line, siblings[line.account], facts, clock, as_of)
        if line.start <= as_of < end:
            in_force.add(bought)
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for account, product in in_force:
        found[account][product] = first[account, product]
    return found


def trained(facts: Facts, as_of: date) -> dict[str, Trained]:
    """By client project known at the day."""
    clock, found = clock_of(as_of), {}
    people = defaultdict(list)
    for history in facts.trainings.values():
        state = known(history, clock)
        if state is not None and state.is_required:
            people[state.project].append(state.completed)
    for project in facts.projects:
        if not _is_client(facts, project, as_of):
            continue
        end = facts.deliveries[project].closed if project in facts.deliveries else None
        is_closed = end is not None and end <= as_of
        due = end if end is not None and is_closed else as_of
        done = [day for day in people[project] if day is not None and day <= as_of]
        in_time = sum(day <= due for day in done)
        count = len(people[project])
        word = "none" if not count else "ready" if in_time == count else "untrained" if is_closed else "open"
        found[project] = Trained(word, count, len(done), in_time)
    return found
