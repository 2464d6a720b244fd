"""The ledger of net retention: closed cohorts of ultimate accounts, twelve months apart."""

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date

from sandbox.company.coins import reporting
from sandbox.company.days import add_months, month_end, month_of
from sandbox.company.facts import Facts
from sandbox.company.revenue import Book, book, last_month, walk


@dataclass(frozen=True)
class Retention:
    """One window; money in reporting minor units at the table of the window's end."""

    base: int = 0
    end: int = 0
    retained: int = 0  # the lesser of both, account by account
    end_excl_winback: int = 0  # accounts that touched zero count as lost
    cohort_count: int = 0
    retained_count: int = 0

    def __add__(self, other: "Retention") -> "Retention":
        return Retention(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


def ultimate(held: Book, account: str) -> str:
    """The account at the top of merges and parents."""
    while above := held.accounts[account].merged_into or held.accounts[account].parent:
        account = above
    return account


def retention(facts: Facts, as_of: date) -> dict[tuple[date, str], Retention]:
    """By (month, segment), 'all' too; windows with no cohort are left out."""
    held = book(facts, as_of)
    groups: dict[str, list[str]] = defaultdict(list)
    for account in {*held.plain, *held.transfer}:
        groups[ultimate(held, account)].append(account)
    found: dict[tuple[date, str], Retention] = defaultdict(Retention)
    for top, members in groups.items():
        steps = {account: [(day, after) for day, _, _, after in walk(held, account)] for account in members}
        first = min(days[0][0] for days in steps.values())
        month = add_months(month_of(first), 12)
        while month <= last_month(as_of):
            window = measure(held, steps, month)
            if window.cohort_count:
                found[month, "all"] += window
                found[month, held.accounts[top].segment] += window
            month = add_months(month, 1)
    return dict(found)


def measure(held: Book, steps: dict[str, list[tuple[date, int]]], month: date) -> Retention:
    """One ultimate account's window of the twelve months to a month's end."""
    start, end = month_end(add_months(month, -12)), month_end(month)

    def total(day: date) -> int:
        return sum(balance(days, day) for days in steps.values())

    def worth(day: date) -> int:
        return sum(reporting(balance(days, day), held.currency[account], month) for account, days in steps.items())

    base, now = worth(start), worth(end)
    if base <= 0:
        return Retention()
    inside = {day for days in steps.values() for day, _ in days if start < day <= end}
    touched = any(total(day) == 0 for day in inside)
    return Retention(base, now, min(base, now), 0 if touched else now, 1, int(now > 0))


def balance(steps: list[tuple[date, int]], day: date) -> int:
    """The balance of an account at the end of a day."""
    return next((after for when, after in reversed(steps) if when <= day), 0)
