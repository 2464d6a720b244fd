"""What was planted, as the ledger remembers it: plain facts with the instants at which they became known."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sandbox.company.customer_facts import Account, Contact, Line, Owner, Survey, Ticket, Training, Use
from sandbox.company.handoff_facts import (
    ChecklistItem,
    Closeout,
    Commission,
    Deal,
    Debrief,
    Form,
    Kickoff,
    Promise,
    SuccessPlan,
)
from sandbox.company.work_facts import (
    BillingMilestone,
    Change,
    Delivery,
    Entry,
    Invoice,
    Plan,
    Progress,
    Project,
    Shown,
)

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
