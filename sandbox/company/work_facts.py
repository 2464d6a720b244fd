"""What was planted of the work: projects, plans, hours, changes and invoices."""

from dataclasses import dataclass, field
from datetime import date


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
class Delivery:
    """How a client's project went: the deal it delivers, its start, its go-live and its close, as far as they came."""

    deal: str
    start: date
    go_live: date | None
    closed: date | None


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
