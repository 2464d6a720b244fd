"""The ledger of support: what each request was planted to be, and whose it is at a demo day."""

from dataclasses import dataclass
from datetime import date

from sandbox.company import revenue
from sandbox.company.days import clock_of, month_of
from sandbox.company.facts import Facts, Ticket, known

TIERS = ((25_000_00, "digital"), (100_000_00, "mixed"), (1_000_000_00, "high_touch"))  # below so many cents a year


@dataclass(frozen=True)
class Asked:
    """One request: the customer it counts for, that customer's tier, and what was planted."""

    account: str | None
    tier: str
    month: date
    ticket: Ticket


def tiers(facts: Facts, as_of: date) -> dict[str, str]:
    """By account with revenue at the end of the last complete month: its tier."""
    month = revenue.last_month(as_of)
    return {
        account: next((name for limit, name in TIERS if 12 * amount < limit), "full_team")
        for (when, account), amount in revenue.closing(facts, as_of).items()
        if when == month and amount > 0
    }


def asked(facts: Facts, as_of: date) -> dict[str, Asked]:
    """By ticket, those opened by the day and not deleted."""
    clock, tier_of, found = clock_of(as_of), tiers(facts, as_of), {}
    for key, history in facts.tickets.items():
        ticket = known(history, clock)
        if ticket is None:
            continue
        account = known(facts.accounts.get(ticket.account or "", []), clock)
        holder = ticket.account if account is not None else None
        if account is not None and account.merged_into:
            holder = account.merged_into
        tier = "unmatched" if holder is None else tier_of.get(holder, "unknown")
        found[key] = Asked(holder, tier, month_of(ticket.opened), ticket)
    return found
