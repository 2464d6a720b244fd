"""What was planted, as the ledger remembers it: plain facts with the instants at which they became known."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

T = TypeVar("T")
History = list[tuple[datetime, T | None]]  # (known from, state); None: gone


def known(history: "History[T]", clock: datetime) -> T | None:
    """The state known at an instant; None when nothing is known yet or it is gone."""
    state = None
    for since, then in history:
        if since > clock:
            break
        state = then
    return state


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
class Deal:
    """A won deal that hands a customer over; its amount in minor units."""

    account: str
    closed: date
    amount: int
    currency: str


@dataclass(frozen=True)
class Form:
    """A handoff form: which of its five elements were planted to be valid, and the day it was signed."""

    valid: frozenset[str]
    signed: date | None = None


@dataclass(frozen=True)
class Kickoff:
    """A kickoff: the state it was planted to have, from the day it was held."""

    held: date
    state: str


@dataclass(frozen=True)
class Shown:
    """What the project system shows of a story."""

    project: str
    kind: str
    parent: str | None
    start: date | None
    state: str
    percent: int | None
    is_archived: bool


@dataclass(frozen=True)
class Delivery:
    """How a client's project went: the deal it delivers, its start, its go-live and its close, as far as they came."""

    deal: str
    start: date
    go_live: date | None
    closed: date | None


@dataclass(frozen=True)
class SuccessPlan:
    """A success plan, from the day it was created."""

    created: date


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
class Commission:
    """What a deal is to pay, in minor units, and the day someone let it pass, saying who and why."""

    amount: int
    currency: str
    payable: date
    is_cancelled: bool = False
    overridden: date | None = None


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
class Debrief:
    """An internal debrief: whether all that is asked was planted."""

    deal: str
    held: date
    is_complete: bool


@dataclass(frozen=True)
class Closeout:
    """A closeout, held or planned: what was planted to hold of it."""

    deal: str
    meeting: date
    is_attended: bool = True
    is_validated: bool = True
    has_next_steps: bool = True
    has_document: bool = True
    signed: date | None = None
    rating: int | None = None


@dataclass(frozen=True)
class ChecklistItem:
    """An item of the checklist of a deal's handoff point."""

    deal: str
    point: str
    is_required: bool
    signed: date | None


@dataclass(frozen=True)
class Promise:
    """A promise of a deal; whether what it is mapped to was planted to deliver it."""

    deal: str
    has_target: bool
    mapped: date | None


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


@dataclass(frozen=True)
class Project:
    """A project and its terms."""

    account: str
    contract_type: str
    currency: str
    start: date
    cap: int = 0
    budget_seconds: int = 0
    retainer_seconds: int = 0
    has_carry: bool = False
    window_months: int = 1


@dataclass(frozen=True)
class Entry:
    """Time worked, with the scope it was planted to have; a change's scope follows the change."""

    project: str
    day: date
    seconds: int
    rate: int | None
    currency: str
    cost_rate: int
    cost_currency: str
    is_approved: bool
    scope: str = "in_scope"  # in_scope, out_of_scope, goodwill, contractual_non_billable, change
    reason: str = ""
    change: str = ""


@dataclass(frozen=True)
class Change:
    """A change order."""

    project: str
    status: str
    pricing: str
    amount: int
    currency: str
    approved: date | None = None
    accepted: date | None = None


@dataclass(frozen=True)
class BillingMilestone:
    """An amount due on acceptance."""

    project: str
    story: str
    amount: int
    currency: str


@dataclass(frozen=True)
class Invoice:
    """A posted invoice: amounts by what they bill; drafts and cancelled ones are None in a history."""

    posted: date
    entries: dict[str, int] = field(default_factory=dict)
    milestones: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanTask:
    """A task in a plan; no cost rate: measured in hours."""

    story: str
    start: date
    due: date
    seconds: int
    cost_rate: int | None
    is_milestone: bool = False


@dataclass(frozen=True)
class Plan:
    """One version of a project's plan; roll-ups are left out."""

    number: int
    approved: date
    origin: str
    tasks: tuple[PlanTask, ...]


@dataclass(frozen=True)
class Progress:
    """Where a story stands."""

    percent: int | None
    started: date | None
    finished: date | None
    forecast: date


@dataclass
class Facts:
    """Everything planted, by core id."""

    accounts: dict[str, "History[Account]"] = field(default_factory=dict)
    lines: dict[str, "History[Line]"] = field(default_factory=dict)
    lost: dict[str, datetime] = field(default_factory=dict)  # contract -> its renewal closed lost
    deals: dict[str, Deal] = field(default_factory=dict)
    forms: dict[str, "History[Form]"] = field(default_factory=dict)  # by deal
    kickoffs: dict[str, "History[Kickoff]"] = field(default_factory=dict)  # by deal
    shown: dict[str, list[tuple[datetime, Shown]]] = field(default_factory=dict)  # by story
    closes: dict[str, date] = field(default_factory=dict)  # project -> the day it was closed
    deliveries: dict[str, Delivery] = field(default_factory=dict)  # by project
    success_plans: dict[str, "History[SuccessPlan]"] = field(default_factory=dict)  # by deal
    commissions: dict[str, "History[Commission]"] = field(default_factory=dict)  # by deal
    owners: dict[str, list[Owner]] = field(default_factory=dict)  # by account
    contacts: dict[str, list[Contact]] = field(default_factory=dict)  # by account
    prospects: dict[str, "History[str]"] = field(default_factory=dict)  # by deal not won: its commission's state
    tickets: dict[str, "History[Ticket]"] = field(default_factory=dict)
    debriefs: dict[str, "History[Debrief]"] = field(default_factory=dict)
    closeouts: dict[str, "History[Closeout]"] = field(default_factory=dict)
    checklist_items: dict[str, "History[ChecklistItem]"] = field(default_factory=dict)
    promises: dict[str, "History[Promise]"] = field(default_factory=dict)
    routed: dict[str, datetime] = field(default_factory=dict)  # account -> it has an escalation route from then on
    projects: dict[str, "History[Project]"] = field(default_factory=dict)
    entries: dict[str, "History[Entry]"] = field(default_factory=dict)
    changes: dict[str, "History[Change]"] = field(default_factory=dict)
    milestones: dict[str, BillingMilestone] = field(default_factory=dict)
    invoices: dict[str, "History[Invoice]"] = field(default_factory=dict)
    plans: dict[str, list[tuple[datetime, Plan]]] = field(default_factory=dict)
    stories: dict[str, "History[Progress]"] = field(default_factory=dict)
    uses: list[tuple[datetime, Use]] = field(default_factory=list)
    trainings: dict[str, "History[Training]"] = field(default_factory=dict)
    surveys: dict[str, "History[Survey]"] = field(default_factory=dict)
    bad: list[tuple[datetime, str, str]] = field(default_factory=list)  # (known from, core table, id)
