"""The ledger of leakage: what each planted hour is worth and where it went, at a demo day."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sandbox.company.allowances import Share, shares
from sandbox.company.coins import reporting, worth
from sandbox.company.days import clock_of
from sandbox.company.facts import Facts, known
from sandbox.company.work_facts import Change, Entry, Invoice

WIP_DAYS = 30
BILLING_DAYS = 30
LOST = {"L1", "L2", "L3", "L4", "L5", "L7"}
OUTSIDE = {"out_of_scope", "change_unapproved", "change_approved_fixed", "change_approved_tm"}


@dataclass(frozen=True)
class Part:
    """A part of an entry, or an amount that is due without time (then without an entry); reporting minor units."""

    project: str
    entry: str
    scope: str
    leakage_class: str
    gross: int
    leakage: int


@dataclass(frozen=True)
class Scene:
    """What was known at a demo day."""

    as_of: date
    changes: dict[str, Change]
    entries: dict[str, dict[str, Entry]]  # by project
    billed: dict[str, int]  # posted amounts by time entry, milestone or change order


def scene(facts: Facts, as_of: date) -> Scene:
    """The state of the planted work as pulled for a demo day."""
    clock = clock_of(as_of)
    entries: dict[str, dict[str, Entry]] = defaultdict(dict)
    for key, history in facts.entries.items():
        entry = known(history, clock)
        if entry is not None and entry.day <= as_of:
            entries[entry.project][key] = entry
    billed: dict[str, int] = defaultdict(int)
    for bills in facts.invoices.values():
        for key, amount in paid(known(bills, clock), as_of):
            billed[key] += amount
    changes = {key: state for key, history in facts.changes.items() if (state := known(history, clock))}
    return Scene(as_of, changes, entries, billed)


def paid(invoice: Invoice | None, as_of: date) -> Iterator[tuple[str, int]]:
    """What a posted invoice bills, line by line."""
    if invoice is not None and invoice.posted <= as_of:
        yield from invoice.entries.items()
        yield from invoice.milestones.items()
        yield from invoice.changes.items()


def scope_of(entry: Entry, known_now: Scene) -> str:
    """The scope an entry was planted with; a change's depends on whether it is approved by now."""
    if entry.scope != "change":
        return entry.scope
    change = known_now.changes[entry.change]
    is_approved = change.status == "approved" and change.approved is not None and change.approved <= known_now.as_of
    if not is_approved:
        return "change_unapproved"
    return "change_approved_fixed" if change.pricing == "fixed" else "change_approved_tm"


def aged(entry: Entry, as_of: date) -> str:
    """Unbilled time: in work, or too old."""
    return "L5" if (as_of - entry.day).days > WIP_DAYS else "WIP"


def unbilled_class(entry: Entry, scope: str, share: Share | None, as_of: date) -> str:
    """The class of an approved part that nobody billed."""
    if share is not None:
        return aged(entry, as_of) if share.leakage_class == "OPEN" else share.leakage_class
    fixed = {
        "change_unapproved": "L1",
        "out_of_scope": "L2",
        "change_approved_fixed": "COVERED_BY_CO",
        "goodwill": "L4",
        "contractual_non_billable": "CONTRACTUAL_NON_BILLABLE",
    }
    return fixed.get(scope) or aged(entry, as_of)


def entry_parts(key: str, entry: Entry, scope: str, allowed: list[Share], known_now: Scene) -> list[tuple[str, int]]:
    """The parts of an entry as (class, value in its own currency), in the order in which they are converted."""
    if entry.rate is None:
        return [
            ("AT_RISK_UNAPPROVED" if not entry.is_approved else unbilled_class(entry, scope, None, known_now.as_of), 0)
        ]
    value = worth(entry.seconds, entry.rate)
    if not entry.is_approved:
        return [("AT_RISK_UNAPPROVED", value)]
    if key in known_now.billed:
        amount = min(known_now.billed[key], value)
        return [("BILLED", amount)] + ([("L7", value - amount)] if amount < value else [])
    if not allowed:
        return [(unbilled_class(entry, scope, None, known_now.as_of), value)]
    found, rest = [], value
    for share in allowed:
        part = rest if share is allowed[-1] else worth(share.seconds, entry.rate)
        rest -= part
        found.append((unbilled_class(entry, scope, share, known_now.as_of), part))
    return found


def parts(facts: Facts, as_of: date) -> list[Part]:
    """Every part of every client-facing entry, and every amount due without time, at a demo day."""
    known_now, clock, found = scene(facts, as_of), clock_of(as_of), []
    for key, history in facts.projects.items():
        project = known(history, clock)
        if project is None or project.contract_type == "internal":
            continue
        entries = known_now.entries.get(key, {})
        scopes = {name: scope_of(entry, known_now) for name, entry in entries.items()}
        inside = {name: entry for name, entry in entries.items() if entry.is_approved and scopes[name] == "in_scope"}
        allowed = shares(project, inside, as_of)
        for name, entry in entries.items():
            found += converted(
                name, entry, scopes[name], entry_parts(name, entry, scopes[name], allowed.get(name, []), known_now)
            )
    return found + due_parts(facts, known_now, clock)


def converted(name: str, entry: Entry, scope: str, own: list[tuple[str, int]]) -> list[Part]:
    """An entry's parts in the reporting currency: each converted but the last, which is the rest of the whole."""
    rest = reporting(sum(value for _, value in own), entry.currency, entry.day)
    found = []
    for place, (leakage_class, value) in enumerate(own):
        gross = rest if place == len(own) - 1 else reporting(value, entry.currency, entry.day)
        rest -= gross
        found.append(Part(entry.project, name, scope, leakage_class, gross, gross if leakage_class in LOST else 0))
    return found


def due_parts(facts: Facts, known_now: Scene, clock: datetime) -> list[Part]:
    """Accepted fixed changes (L6) and billing milestones (L8) that are not wholly billed."""
    found = []
    for key, change in known_now.changes.items():
        if change.pricing == "fixed" and change.status == "approved" and change.accepted:
            found += due_part(key, change.project, change.amount, change.currency, change.accepted, "L6", known_now)
    for key, milestone in facts.milestones.items():
        progress = known(facts.stories[milestone.story], clock)
        if progress is not None and progress.finished:
            found += due_part(
                key, milestone.project, milestone.amount, milestone.currency, progress.finished, "L8", known_now
            )
    return found


def due_part(
    key: str, project: str, amount: int, currency: str, accepted: date, late: str, known_now: Scene
) -> list[Part]:
    """One amount due: lost when it waits for more than `BILLING_DAYS`."""
    left = amount - known_now.billed.get(key, 0)
    if left <= 0 or accepted > known_now.as_of:
        return []
    if (known_now.as_of - accepted).days > BILLING_DAYS:
        return [Part(project, "", "", late, 0, reporting(left, currency, accepted))]
    return [Part(project, "", "", "NOT_YET_DUE", 0, 0)]


def captured(found: list[Part]) -> dict[str, tuple[int, int]]:
    """By project: gross of out-of-scope work billed or covered by a fixed change, and of all that is approved."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for part in found:
        if part.scope in OUTSIDE and part.leakage_class != "AT_RISK_UNAPPROVED":
            sums[part.project][0] += part.gross if part.leakage_class in ("BILLED", "COVERED_BY_CO") else 0
            sums[part.project][1] += part.gross
    return {project: (billed, whole) for project, (billed, whole) in sums.items()}
