"""The ledger of what delivery hands over: what each won deal's papers were planted to be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from sandbox.company.coins import reporting
from sandbox.company.days import BIRTH, clock_of
from sandbox.company.facts import Facts, History, known
from sandbox.company.handoff_facts import Closeout, Debrief, Promise
from sandbox.company.promises import POINTS
from sandbox.company.work_facts import Delivery

DIGITAL_BELOW = 25_000_00  # no closeout meeting is asked of these


class _Paper(Protocol):
    @property
    def deal(self) -> str: ...


Paper = TypeVar("Paper", bound=_Paper)


@dataclass(frozen=True)
class Closed:
    """One deal: the states of its papers, of both checklists in their order, and its promises by state."""

    success_plan: str
    debrief: str
    closeout: str
    checklists: tuple[str, ...]
    promises: tuple[int, int, int, int]  # mapped, mapped late, unmapped, pending


@dataclass(frozen=True)
class _Delivered:
    """A deal's delivery by the day: all its projects together."""

    exists: bool
    started: date | None
    live: date | None
    closed: date | None


def closed(facts: Facts, as_of: date) -> dict[str, Closed]:
    """By deal, those won by the day."""
    projects: dict[str, list[Delivery]] = defaultdict(list)
    for key, delivery in facts.deliveries.items():
        state = known(facts.projects.get(key, []), clock_of(as_of))
        if state is not None and state.contract_type != "internal":
            projects[delivery.deal].append(delivery)
    debriefs, closeouts = _by_deal(facts.debriefs, as_of), _by_deal(facts.closeouts, as_of)
    items, promises = _by_deal(facts.checklist_items, as_of), _by_deal(facts.promises, as_of)
    found = {}
    for deal, fact in facts.deals.items():
        if not BIRTH <= fact.closed <= as_of:
            continue
        done = _delivered(projects[deal], as_of)
        is_digital = reporting(fact.amount, fact.currency, fact.closed) < DIGITAL_BELOW
        signed = {point: [one for one in items[deal] if one.point == point and one.is_required] for point in POINTS}
        found[deal] = Closed(
            _success_plan(facts, deal, done, as_of),
            _debrief([one for one in debriefs[deal] if one.held <= as_of], closeouts[deal]),
            _closeout([one for one in closeouts[deal] if one.meeting <= as_of], done, is_digital),
            (
                _checklist([one.signed for one in signed[POINTS[0]]], done.started),
                _checklist([one.signed for one in signed[POINTS[1]]], done.closed),
            ),
            _promises(promises[deal], done),
        )
    return found


def _by_deal(papers: Mapping[str, "History[Paper]"], as_of: date) -> dict[str, list[Paper]]:
    found: dict[str, list[Paper]] = defaultdict(list)
    for history in papers.values():
        paper = known(history, clock_of(as_of))
        if paper is not None:
            found[paper.deal].append(paper)
    return found


def _delivered(projects: list[Delivery], as_of: date) -> _Delivered:
    lives = [one.go_live for one in projects if one.go_live and one.go_live <= as_of]
    closes = [one.closed for one in projects if one.closed and one.closed <= as_of]
    return _Delivered(
        bool(projects),
        min((one.start for one in projects if one.start <= as_of), default=None),
        min(lives, default=None),
        max(closes) if closes and len(closes) == len(projects) else None,
    )


def _success_plan(facts: Facts, deal: str, done: _Delivered, as_of: date) -> str:
    plan = known(facts.success_plans.get(deal, []), clock_of(as_of))
    if done.live is None:
        return "none" if plan is None else "started"
    if plan is None:
        return "missing"
    return "in_time" if plan.created < done.live else "late"


def _debrief(debriefs: list[Debrief], closeouts: list[Closeout]) -> str:
    signoff = max((one.signed for one in closeouts if one.signed), default=None)
    if any(one.is_complete and (signoff is None or one.held < signoff) for one in debriefs):
        return "complete"
    if debriefs:
        return "late" if max(debriefs, key=lambda one: one.held).is_complete else "incomplete"
    return "missed" if signoff else "due" if closeouts else "none"


def _closeout(closeouts: list[Closeout], done: _Delivered, is_digital: bool) -> str:
    one = closeouts[-1] if closeouts else None
    is_signed = one is not None and one.signed is not None and one.has_document
    if done.closed and not is_signed:
        return "closed_unsigned"
    if one is None:
        return "none"
    is_whole = is_signed and (one.is_attended or is_digital) and one.is_validated and one.has_next_steps
    return "complete" if is_whole else "incomplete"


def _checklist(signed: list[date | None], advance: date | None) -> str:
    if advance and (not signed or None in signed):
        return "advanced_unsigned"
    if not signed:
        return "none"
    if None in signed:
        return "open"
    return "late" if advance and any(day > advance for day in signed if day) else "signed"


def _promises(promises: Iterable[Promise], done: _Delivered) -> tuple[int, int, int, int]:
    counts = [0, 0, 0, 0]
    for one in promises:
        if one.has_target:
            counts[bool(done.started and (one.mapped is None or one.mapped > done.started))] += 1
        else:
            counts[2 if done.exists else 3] += 1
    return counts[0], counts[1], counts[2], counts[3]
