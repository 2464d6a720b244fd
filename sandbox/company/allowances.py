"""How far fees, caps and retainers reach: shares of each in-scope entry, in (day, id) order."""

from dataclasses import dataclass, replace
from datetime import date

from sandbox.company.coins import worth
from sandbox.company.days import add_months, month_end, month_of
from sandbox.company.facts import Entry, Project


@dataclass(frozen=True)
class Share:
    """A stretch of an entry and what becomes of it; "OPEN": to be billed."""

    leakage_class: str
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
    """Within each month's allowance; the excess lost at once, or, with carry, at the end of its window."""
    excess = "NOT_YET_DUE" if project.has_carry else "L3"
    months: dict[date, list[tuple[str, Entry]]] = {}
    for key, entry in ordered:
        months.setdefault(month_of(entry.day), []).append((key, entry))
    found: dict[str, list[Share]] = {}
    for inside in months.values():
        found |= by_time(inside, project.retainer_seconds, "COVERED_BY_RETAINER", excess)
    if project.has_carry:
        settle(project, months, found, as_of)
    return found


def settle(
    project: Project, months: dict[date, list[tuple[str, Entry]]], found: dict[str, list[Share]], as_of: date
) -> None:
    """Let the excess of each finished window use what later months of the window left unused; the rest is lost."""
    window = month_of(project.start)
    while month_end(add_months(window, project.window_months - 1)) <= as_of:
        inside = [add_months(window, n) for n in range(project.window_months)]
        spare = {
            month: max(0, project.retainer_seconds - sum(e.seconds for _, e in months.get(month, [])))
            for month in inside
        }
        for month in inside:
            for key, _ in months.get(month, []):
                found[key] = [piece for share in found[key] for piece in absorb(share, month, spare)]
        window = add_months(window, project.window_months)


def absorb(share: Share, month: date, spare: dict[date, int]) -> list[Share]:
    """A deferred stretch after its window: covered as far as later months have room, in their order."""
    if share.leakage_class != "NOT_YET_DUE":
        return [share]
    covered = 0
    for later in sorted(spare):
        if later > month:
            used = min(spare[later], share.seconds - covered)
            spare[later] -= used
            covered += used
    return [
        piece
        for piece in (
            replace(share, leakage_class="COVERED_BY_RETAINER", seconds=covered),
            Share("L3", share.seconds - covered),
        )
        if piece.seconds
    ]
