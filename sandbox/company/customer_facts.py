"""What was planted of customers: what they buy, ask, use and say, and who looks after them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Account:
    """A customer."""

    parent: str | None
    segment: str
    merged_into: str | None = None
    merged_day: date | None = None


@dataclass(frozen=True)
class Line:
    """A subscription line; money in minor units of its whole term."""

    account: str
    product: str
    contract: str
    amount: int
    currency: str
    start: date
    term_end: date
    end: date
    predecessor: str | None = None
    notice: date | None = None


@dataclass(frozen=True)
class Owner:
    """One of us in a customer's team, from a day until another."""

    team: str
    start: date
    end: date | None = None


@dataclass(frozen=True)
class Contact:
    """A moment in which the customer was really in touch, and the teams of ours that were there."""

    day: date
    teams: tuple[str, ...]


@dataclass(frozen=True)
class Ticket:
    """A customer's request: what it was planted to be, by whom it was handled, and what became of it."""

    account: str | None
    kind: str  # reactive, proactive, strategic, unknown
    handler: str  # support, success, unknown
    is_misrouted: bool | None
    opened: date
    escalated: date | None = None
    replied: date | None = None
    reply_seconds: int | None = None
    closed: date | None = None
    rating: str | None = None


@dataclass(frozen=True)
class Use:
    """A day's use of a product by people of one kind; None where the company does not count it."""

    account: str
    product: str
    day: date
    who: str
    active: int
    seats: int | None
    used: int | None
    offered: int


@dataclass(frozen=True)
class Training:
    """What one operator must learn for a project, and the day it was done."""

    project: str
    is_required: bool
    completed: date | None = None


@dataclass(frozen=True)
class Survey:
    """One question to one customer, and its answer."""

    account: str
    project: str | None
    occasion: str
    kind: str
    sent: date
    scale: int
    answered: date | None = None
    score: int | None = None
