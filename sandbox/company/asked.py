"""The ledger of support: what each request was planted to be, and whose it is at a demo day."""

from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.company import revenue
from sandbox.company.customer_facts import Ticket
from sandbox.company.days import clock_of, month_of
from sandbox.company.facts import Facts, known

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


@dataclass(frozen=True)
class Escalated:
    """A customer's escalations: within 30 days, not solved, and of both those late; and whether it has a route."""

    tier: str
    new: int = 0
    open: int = 0
    late: int = 0
    has_route: bool = False


@dataclass(frozen=True)
class Running:
    """Escalations made while a project ran: within 30 days, not solved, open at its close, and of those open still."""

    new: int = 0
    open: int = 0
    at_closeout: int = 0
    still_open: int = 0


def is_late(ticket: Ticket, as_of: date) -> bool:
    """A person answered after more than a day, or has not for one."""
    if ticket.reply_seconds is not None:
        return ticket.reply_seconds > 24 * 3600
    return (ticket.closed or as_of) - ticket.opened >= timedelta(days=1)


def escalated(facts: Facts, as_of: date) -> dict[str, Escalated]:
    """By account, those with revenue or with escalations."""
    tier_of, clock, found = tiers(facts, as_of), clock_of(as_of), {}
    all_asked = asked(facts, as_of).values()
    for account, history in facts.accounts.items():
        mine = [one.ticket for one in all_asked if one.account == account and one.ticket.escalated]
        if known(history, clock) is None or not (mine or account in tier_of):
            continue
        live = [one for one in mine if is_new(one, as_of) or one.closed is None]
        found[account] = Escalated(
            tier_of.get(account, "unknown"),
            sum(is_new(one, as_of) for one in mine),
            sum(one.closed is None for one in mine),
            sum(is_late(one, as_of) for one in live),
            account in facts.routed and facts.routed[account] <= clock,
        )
    return found


def is_new(ticket: Ticket, as_of: date) -> bool:
    """Escalated within the last 30 days."""
    return ticket.escalated is not None and (as_of - ticket.escalated).days < 30


def running(facts: Facts, as_of: date) -> dict[str, Running]:
    """By client project whose delivery was planted."""
    clock, all_asked, found = clock_of(as_of), asked(facts, as_of).values(), {}
    for project, delivery in facts.deliveries.items():
        terms = known(facts.projects.get(project, []), clock)
        if terms is None or terms.contract_type == "internal":
            continue
        account = known(facts.accounts[terms.account], clock)
        holder = (account.merged_into if account else None) or terms.account
        closed = delivery.closed if delivery.closed and delivery.closed <= as_of else None
        mine = [
            one.ticket
            for one in all_asked
            if one.account == holder and one.ticket.escalated
            and delivery.start <= one.ticket.escalated <= (closed or as_of)
        ]  # fmt: skip
        at_closeout = [one for one in mine if closed and (one.closed is None or one.closed > closed)]
        found[project] = Running(
            sum(is_new(one, as_of) for one in mine),
            sum(one.closed is None for one in mine),
            len(at_closeout),
            sum(one.closed is None for one in at_closeout),
        )
    return found
