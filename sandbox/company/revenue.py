"""The ledger of recurring revenue: movements, balances and net retention, from the planted lines alone."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sandbox.company.coins import half_even, reporting
from sandbox.company.customer_facts import Account, Line
from sandbox.company.days import add_months, clock_of, month_end, month_of
from sandbox.company.facts import Facts, known

GRACE = timedelta(days=30)
SNAPS = (3, 6, 9, *range(12, 121, 12))


def monthly_amount(line: Line) -> int:
    """A line's value a month: by whole months where its term is some, else by days, snapped within 0.05 months."""
    months = (line.term_end.year - line.start.year) * 12 + line.term_end.month - line.start.month
    if months > 0 and add_months(line.start, months) == line.term_end:
        return half_even(line.amount, months)
    days = (line.term_end - line.start).days
    for months in SNAPS:
        if abs(days * 48 - months * 1461) * 20 <= 1461:
            return half_even(line.amount, months)
    return half_even(line.amount * 1461, days * 48)


@dataclass(frozen=True)
class Book:
    """The lines known at a demo day, as balances by account as it then was."""

    as_of: date
    accounts: dict[str, Account]
    currency: dict[str, str]
    plain: dict[str, dict[date, int]]  # account -> day -> change of its balance
    transfer: dict[str, dict[date, int]]  # account -> day -> handed over by a merge


def service_end(key: str, line: Line, lines: dict[str, Line], facts: Facts, clock: datetime, as_of: date) -> date:
    """The first day without revenue of a line, grace included."""
    is_lost = line.contract in facts.lost and facts.lost[line.contract] <= clock
    if line.end < line.term_end or is_lost or (line.notice is not None and line.notice <= as_of):
        return line.end
    starts = [other.start for other in lines.values() if other.predecessor == key]
    if not starts:
        starts = [
            other.start
            for name, other in lines.items()
            if name != key
            and (other.account, other.product) == (line.account, line.product)
            and line.end <= other.start <= line.end + GRACE
        ]
    if starts:
        return max(line.end, min(min(starts), line.end + GRACE))
    return line.end + GRACE if as_of < line.end + GRACE else line.end


def book(facts: Facts, as_of: date) -> Book:
    """What was known of revenue at a demo day."""
    clock = clock_of(as_of)
    lines = {key: line for key, history in facts.lines.items() if (line := known(history, clock)) is not None}
    accounts = {key: state for key, history in facts.accounts.items() if (state := known(history, clock)) is not None}
    siblings: dict[str, dict[str, Line]] = defaultdict(dict)
    for key, line in lines.items():
        siblings[line.account][key] = line
    plain: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    transfer: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    currency = {}
    for key, line in lines.items():
        amount = monthly_amount(line)
        end = service_end(key, line, siblings[line.account], facts, clock, as_of)
        first = next(state.account for _, state in facts.lines[key] if state is not None)
        turn = accounts[first].merged_day if first != line.account else None
        before = first if turn and line.start < turn else line.account
        after = line.account if turn is None or end > turn else first
        currency[before] = currency[after] = line.currency
        plain[before][line.start] += amount
        plain[after][end] -= amount
        if before != after and turn:
            transfer[before][turn] -= amount
            transfer[after][turn] += amount
    return Book(as_of, accounts, currency, plain, transfer)


def last_month(as_of: date) -> date:
    """The last complete month at a day."""
    return month_of(as_of) if month_end(as_of) == as_of else add_months(month_of(as_of), -1)


def walk(held: Book, account: str) -> Iterator[tuple[date, int, int, int]]:
    """An account's changes in day order: (day, balance before, after a hand-over, after the day)."""
    balance = 0
    for day in sorted({*held.plain[account], *held.transfer[account]}):
        handed = balance + held.transfer[account][day]
        after = handed + held.plain[account][day]
        yield day, balance, handed, after
        balance = after


def movements(facts: Facts, as_of: date) -> dict[tuple[date, str, str], int]:
    """Reporting minor units by (month, account, movement), months complete at a demo day; no zero rows."""
    held = book(facts, as_of)
    found: dict[tuple[date, str, str], int] = defaultdict(int)
    end = month_end(last_month(as_of))
    for account in sorted({*held.plain, *held.transfer}):
        currency, has_paid = held.currency[account], False
        month, balance = None, 0
        for day, before, handed, after in walk(held, account):
            if day > end:
                break
            drift(found, account, currency, balance, month, month_of(day))
            month, balance = month_of(day), after
            worth = [reporting(amount, currency, day) for amount in (before, handed, after)]
            found[month, account, "merge_transfer"] += worth[1] - worth[0]
            has_paid = has_paid or before > 0 or handed > 0
            if handed != after:
                found[month, account, name_of(handed, after, has_paid)] += worth[2] - worth[1]
            has_paid = has_paid or after > 0
        drift(found, account, currency, balance, month, last_month(as_of))
    return {key: amount for key, amount in found.items() if amount}


def name_of(before: int, after: int, has_paid: bool) -> str:
    """The kind of a change."""
    if before == 0:
        return "reactivation" if has_paid else "new"
    if after == 0:
        return "churn"
    return "expansion" if after > before else "contraction"


def drift(
    found: dict[tuple[date, str, str], int], account: str, currency: str, balance: int, since: date | None, month: date
) -> None:
    """Add the fx rows of the months after `since` up to `month`."""
    while since is not None and balance and since < month:
        since = add_months(since, 1)
        found[since, account, "fx"] += reporting(balance, currency, since) - reporting(
            balance, currency, add_months(since, -1)
        )


def closing(facts: Facts, as_of: date) -> dict[tuple[date, str], int]:
    """Closing MRR by (month, account) in reporting minor units, months complete at a demo day; no zero rows."""
    held, found, final = book(facts, as_of), {}, last_month(as_of)
    for account in {*held.plain, *held.transfer}:
        steps = [(day, after) for day, _, _, after in walk(held, account)]
        month = month_of(steps[0][0])
        while month <= final:
            balance = next((after for day, after in reversed(steps) if day <= month_end(month)), 0)
            if balance:
                found[month, account] = reporting(balance, held.currency[account], month)
            month = add_months(month, 1)
    return found
