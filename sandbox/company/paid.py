"""The ledger of commissions: what each deal's form, payout and override were planted to come to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sandbox.company.coins import reporting
from sandbox.company.days import BIRTH, DEMO_DAYS, clock_of, local_day
from sandbox.company.facts import Facts, History, known
from sandbox.company.handoff_facts import Deal, Form
from sandbox.company.handoffs import ELEMENTS


@dataclass(frozen=True)
class Paid:
    """One deal: its state, why, the day of release or override, and the amounts in reporting minor units."""

    state: str
    reason: str | None
    day: date | None
    is_edited: bool
    payout: int | None
    held: int | None


def paid(facts: Facts, as_of: date) -> dict[str, Paid]:
    """By deal: those won, and those begun, by the day."""
    clock, found = clock_of(as_of), {}
    for deal, prospects in facts.prospects.items():
        prospect = known(prospects, clock)
        if prospect is not None:
            found[deal] = Paid(prospect, "deal_lost" if prospect == "void" else None, None, False, None, None)
    for deal, fact in facts.deals.items():
        if BIRTH <= fact.closed <= as_of:
            found[deal] = _paid(facts, deal, fact, as_of, clock)
    return found


def _paid(facts: Facts, deal: str, fact: Deal, as_of: date, clock: datetime) -> Paid:
    seen = list(_seen(facts.forms.get(deal, []), clock))
    days = [_whole_from(form, day, fact, as_of) for day, form in seen]
    release = next(((place, day) for place, day in enumerate(days) if day), None)
    plan = known(facts.commissions.get(deal, []), clock)
    payout = None if plan is None else 0 if plan.is_cancelled else reporting(plan.amount, plan.currency, fact.closed)
    nothing = None if payout is None else 0
    if plan is not None and plan.is_cancelled:
        return Paid("void", "payout_cancelled", None, False, payout, nothing)
    if release is not None and (plan is None or plan.overridden is None or release[1] <= plan.overridden):
        return Paid("released", None, release[1], release[0] < len(seen) - 1, payout, nothing)
    if plan is not None and plan.overridden is not None:
        return Paid("overridden", None, plan.overridden, False, payout, nothing)
    if not seen:
        return Paid("held", "no_form", None, False, payout, payout)
    form = seen[-1][1]
    reason = "withdrawn" if form is None else "incomplete" if form.valid < ELEMENTS else "unsigned"
    return Paid("held", reason, None, False, payout, payout)


def _whole_from(form: Form | None, recorded: date, fact: Deal, as_of: date) -> date | None:
    """The day on which a version had five valid elements, was signed, and its deal won."""
    if form is None or form.valid < ELEMENTS or form.signed is None or form.signed > as_of:
        return None
    return max(recorded, form.signed, fact.closed)


def _seen(history: "History[Form]", clock: datetime) -> "Iterator[tuple[date, Form | None]]":
    """The versions that a pull saw, with the day the CRM stamped them: what changed twice between two pulls is lost."""
    before = None
    for night in [night for night, _ in DEMO_DAYS if night <= clock]:
        newest = max((since for since, _ in history if since <= night), default=None)
        if newest is not None and newest != before:
            before = newest
            yield local_day(newest), known(history, night)
