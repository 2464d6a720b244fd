"""Invoices: what they list, what they take off, and what became of them."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sandbox.company.coins import BASE_UNIT, worth
from sandbox.company.days import TODAY, add_months, add_workdays, at, month_of
from sandbox.company.facts import known
from sandbox.company.hours import Logged
from sandbox.company.projects import Job
from sandbox.company.stage import Stage, core, kantata, kantata_id
from sandbox.company.work_facts import Invoice


def add_invoice(
    stage: Stage,
    job: Job,
    day: date,
    *,
    entries: list[Logged] | None = None,
    milestones: dict[str, int] | None = None,
    fees: dict[str, tuple[str, int]] | None = None,
    discount: int = 0,
    posted: date | None = None,
    cancelled: date | None = None,
) -> None:
    """Plant an invoice dated `day`, a draft until `posted` if given; `fees`: story -> (change order or "", amount)."""
    key, when = kantata_id(stage, "invoices"), at(day, 14, 25)
    lines = sorted(entries or [], key=lambda logged: int(logged.key))
    assert all(line.is_stamped and line.entry.is_approved for line in lines)
    items, extras = [], []
    for story, (_, amount) in (fees or {}).items():
        items.append(kantata_id(stage, "fixed_fee_items"))
        kantata(
            stage, "fixed_fee_items", items[-1], when, {"invoice_id": key, "story_id": story, "amount_in_cents": amount}
        )
    if discount:
        extras.append(kantata_id(stage, "additional_items"))
        kantata(stage, "additional_items", extras[-1], when, {"invoice_id": key, "amount_in_cents": -discount})
    amounts = discounted(
        {core("kantata", line.key): worth(line.entry.seconds, line.entry.rate or 0) for line in lines}, discount
    )
    bill = Invoice(
        day,
        amounts,
        {core("kantata", name): amount for name, amount in (milestones or {}).items()},
        {change: amount for change, amount in (fees or {}).values() if change},
    )
    fields = {
        "status": "new",
        "draft": posted is not None,
        "invoice_date": day.isoformat(),
        "balance_in_cents": sum(amounts.values())
        + sum((milestones or {}).values())
        + sum(a for _, a in (fees or {}).values()),
        "currency": job.currency,
        "currency_base_unit": BASE_UNIT[job.currency],
        "workspace_ids": [job.key],
        "time_entry_ids": [line.key for line in lines],
        "billing_milestone_ids": list(milestones or {}),
        "fixed_fee_item_ids": items,
        "additional_item_ids": extras,
    }
    follow(stage, key, when, fields, bill, posted, cancelled)


def follow(
    stage: Stage,
    key: str,
    when: datetime,
    fields: dict[str, Any],
    bill: Invoice,
    posted: date | None,
    cancelled: date | None,
) -> None:
    """Write an invoice's versions: as made, posted, paid or cancelled."""
    history = stage.facts.invoices[core("kantata", key)] = [(when, None if posted else bill)]
    kantata(stage, "invoices", key, when, fields)
    if posted:
        kantata(stage, "invoices", key, at(posted, 14, 45), fields | {"draft": False}, created=when)
        history.append((at(posted, 14, 45), bill))
    paid = add_workdays(posted or bill.posted, 30)
    if cancelled:
        kantata(
            stage,
            "invoices",
            key,
            at(cancelled, 11, 35),
            fields | {"draft": False, "status": "cancelled"},
            created=when,
        )
        history.append((at(cancelled, 11, 35), None))
    elif paid <= TODAY:
        kantata(
            stage,
            "invoices",
            key,
            at(paid, 9, 55),
            fields | {"draft": False, "status": "accepted payment", "balance_in_cents": 0},
            created=when,
        )


def discounted(values: dict[str, int], discount: int) -> dict[str, int]:
    """Amounts after a discount, spread by value in id order by cumulative floors."""
    total, reached, taken, amounts = sum(values.values()), 0, 0, {}
    for name, value in values.items():
        reached += value
        share = discount * reached // total - taken if discount else 0
        taken += share
        amounts[name] = value - share
    return amounts


def bill_monthly(
    stage: Stage,
    job: Job,
    entries: list[Logged],
    *,
    until: date = TODAY,
    skip: tuple[date, ...] = (),
    discount_percent: int = 0,
) -> None:
    """Bill approved time of each month on the sixth working day of the next, for months before `until`."""
    months = defaultdict(list)
    for line in entries:
        if line.entry.is_approved:
            months[month_of(line.entry.day)].append(line)
    for month, lines in sorted(months.items()):
        day = add_workdays(add_months(month, 1), 6)
        ready = [line for line in lines if approved_by(stage, line, at(day, 14))]
        if day <= TODAY and month < month_of(until) and month not in skip and ready:
            value = sum(worth(line.entry.seconds, line.entry.rate or 0) for line in ready)
            add_invoice(stage, job, day, entries=ready, discount=value * discount_percent // 100)


def approved_by(stage: Stage, line: Logged, when: datetime) -> bool:
    """Whether an entry was approved at an instant."""
    state = known(stage.facts.entries[core("kantata", line.key)], when)
    return state is not None and state.is_approved
