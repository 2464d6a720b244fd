"""How far fees, caps and retainers reach: shares of each in-scope entry, in (day, id) order."""

from dataclasses import dataclass
from datetime import date

from sandbox.company.coins import worth
from sandbox.company.days import add_months, month_end, month_of
from sandbox.company.work_facts import Entry, Project


@dataclass(frozen=True)
class Share:
    """A stretch of an entry and what becomes of it; "OPEN": to be billed."""

    leakage_class: str
    seconds: int


@dataclass
class Waiting:
    """What of an entry no allowance has covered yet."""

    key: str
    seconds: int


def shares(project: Project, entries: dict[str, Entry], as_of: date) -> dict[str, list[Share]]:
    """The shares of a project's approved, in-scope, billable entries; empty for time and materials."""
    ordered = sorted(entries.items(), key=lambda item: (item[1].day, item[0]))
    match project.contract_type:
        case "fixed_fee":
            return by_time(ordered, project.budget_seconds, "COVERED_BY_FEE")
        case "capped":
            return by_value(ordered, project.cap)
        case "retainer":
            return by_month(project, ordered, as_of)
    return {}


def split(fits: int, seconds: int, inside: str, outside: str) -> list[Share]:
    """An entry's first seconds inside, its last outside."""
    return [share for share in (Share(inside, fits), Share(outside, seconds - fits)) if share.seconds]


def by_time(ordered: list[tuple[str, Entry]], budget: int, inside: str, outside: str = "L3") -> dict[str, list[Share]]:
    """Within a budget of seconds, then beyond."""
    found = {}
    for key, entry in ordered:
        fits = min(entry.seconds, budget)
        budget -= fits
        found[key] = split(fits, entry.seconds, inside, outside)
    return found


def by_value(ordered: list[tuple[str, Entry]], cap: int) -> dict[str, list[Share]]:
    """Within a cap of money in the contract's currency, then beyond."""
    found = {}
    for key, entry in ordered:
        rate = entry.rate or 0
        value = worth(entry.seconds, rate)
        fits = entry.seconds if value <= cap else cap * 3600 // rate
        cap = max(0, cap - value)
        found[key] = split(fits, entry.seconds, "OPEN", "L3")
    return found


def by_month(project: Project, ordered: list[tuple[str, Entry]], as_of: date) -> dict[str, list[Share]]:
    """Within each month's allowance; the excess is lost at once or, with carry, waits for the window's later months."""
    months: dict[date, list[tuple[str, Entry]]] = {}
    for key, entry in ordered:
        months.setdefault(month_of(entry.day), []).append((key, entry))
    if project.has_carry:
        return carried(project, months, as_of)
    found: dict[str, list[Share]] = {}
    for inside in months.values():
        found |= by_time(inside, project.retainer_seconds, "COVERED_BY_RETAINER")
    return found


def carried(project: Project, months: dict[date, list[tuple[str, Entry]]], as_of: date) -> dict[str, list[Share]]:
    """A queue per window: each month's allowance serves what waits longest; what waits when the window ends is lost."""
    found: dict[str, list[Share]] = {}
    window = month_of(project.start)
    while window <= as_of:
        waiting: list[Waiting] = []
        served: dict[str, int] = {}
        for n in range(project.window_months):
            month = add_months(window, n)
            if month > as_of:
                break
            waiting += [Waiting(key, entry.seconds) for key, entry in months.get(month, [])]
            serve(waiting, served, project.retainer_seconds)
        is_over = month_end(add_months(window, project.window_months - 1)) <= as_of
        for n in range(project.window_months):
            for key, entry in months.get(add_months(window, n), []):
                fits = served.get(key, 0)
                found[key] = split(fits, entry.seconds, "COVERED_BY_RETAINER", "L3" if is_over else "NOT_YET_DUE")
        window = add_months(window, project.window_months)
    return found


def serve(waiting: list[Waiting], served: dict[str, int], allowance: int) -> None:
    """Spend an allowance on the head of the queue."""
    while waiting and allowance:
        head = waiting[0]
        used = min(head.seconds, allowance)
        allowance -= used
        head.seconds -= used
        served[head.key] = served.get(head.key, 0) + used
        if not head.seconds:
            waiting.pop(0)
