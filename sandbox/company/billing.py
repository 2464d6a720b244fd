"""Projects in which billing is short or late (L3, L5 to L8), or time is covered; each shows one phenomenon."""

from datetime import date

from sandbox.company.changes import Order, Step, add_change
from sandbox.company.coins import BASE_UNIT, worth
from sandbox.company.days import TODAY, add_months, add_workdays, at, month_of
from sandbox.company.hours import log, spread, work
from sandbox.company.invoices import add_invoice, bill_monthly
from sandbox.company.jobs import finish, last_day, planned, worked_and_billed
from sandbox.company.projects import Job, Piece, set_terms
from sandbox.company.staff import UNRATED, native
from sandbox.company.stage import Stage, core, kantata, kantata_id
from sandbox.company.work_facts import BillingMilestone


def ageing(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L5: two months were never billed; the newest time is WIP, some of it never submitted."""
    job = planned(stage, account, currency, "time_and_materials", start, delay=3, slip=4)
    entries = work(stage, job)
    months = sorted({month_of(line.entry.day) for line in entries})
    bill_monthly(stage, job, entries, skip=tuple(months[1:3]))
    for day in spread(add_workdays(TODAY, -20), TODAY, 5):
        if day >= start:
            log(stage, job, job.tasks[0].story, day, 60, 0, approved="draft" if day.day % 2 else None)
    return job


def discounts(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L7: one-entry invoices with a discount, and one of a tenth over many entries."""
    job = planned(stage, account, currency, "time_and_materials", start)
    entries = work(stage, job, stamp="all")
    single, rest = entries[5:20:3], [line for line in entries if line not in entries[5:20:3]]
    for place, line in enumerate(single):
        day = add_workdays(line.entry.day, 12)
        if line.entry.is_approved and day <= TODAY:
            value = worth(line.entry.seconds, line.entry.rate or 0)
            add_invoice(stage, job, day, entries=[line], discount=value * (place + 1) // 17)
    bill_monthly(stage, job, rest)
    even = [
        log(stage, job, job.tasks[3].story, day, 60, 1, stamp="all")
        for day in spread(job.tasks[3].start, last_day(job), 5)
    ]
    even = [line for line in even if line.entry.is_approved]
    day = add_workdays(last_day(job), 12)
    if even and day <= TODAY and all((line.entry.rate or 0) % 10 == 0 for line in even):
        add_invoice(stage, job, day, entries=even, discount=sum(line.entry.rate or 0 for line in even) // 10)
    return job


def cancelled_invoice(stage: Stage, account: str, currency: str, start: date) -> Job:
    """BILLED, then free again: the invoice of August is cancelled on 13 October 2026, half of it billed anew."""
    start = date(2026, 7, 13)
    job = planned(stage, account, currency, "time_and_materials", start)
    entries = work(stage, job, stamp="all")
    august = [line for line in entries if month_of(line.entry.day) == date(2026, 8, 1) and line.entry.is_approved]
    bill_monthly(stage, job, entries, skip=(date(2026, 8, 1), date(2026, 9, 1)))
    add_invoice(stage, job, date(2026, 9, 10), entries=august, cancelled=date(2026, 10, 13))
    add_invoice(stage, job, date(2026, 11, 5), entries=august[::2])
    september = [line for line in entries if month_of(line.entry.day) == date(2026, 9, 1) and line.entry.is_approved]
    add_invoice(stage, job, date(2026, 10, 9), entries=september, posted=date(2026, 11, 12))  # a draft in between
    return job


def missing_rate(stage: Stage, account: str, currency: str, start: date) -> Job:
    """No rate: experts before there was a standard rate; hours without a value, later at the standard rate."""
    start = date(2024, 10, 7)
    job = planned(stage, account, "USD", "time_and_materials", start, stretch=2)
    worked_and_billed(stage, job)
    for day in spread(start, add_workdays(start, 90), 20):
        log(stage, job, job.tasks[0].story, day, 60, UNRATED, stamp="none")
    finish(stage, job)
    return job


def fixed_fee(stage: Stage, account: str, currency: str, start: date, *, share: int = 120) -> Job:
    """COVERED_BY_FEE: a fee for more time than was needed, billed by milestones (L8 when nobody bills one)."""
    job = planned(stage, account, currency, "fixed_fee", start)
    entries = work(stage, job, each=22, stamp="some")
    total = sum(line.entry.seconds for line in entries)
    set_terms(stage, job, budget_seconds=total * share // 100 // 180 * 180)
    for place, piece in enumerate(job.milestones):
        amount = native(12_000_00 + 500_00 * place, currency)
        fall_due(stage, job, piece, amount, is_billed=(int(job.key) + place) % 3 > 0)
    finish(stage, job)
    return job


def overrun(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L3: a fixed fee overrun, the crossing entry split at the second."""
    return fixed_fee(stage, account, currency, start, share=83)


def fall_due(stage: Stage, job: Job, piece: Piece, amount: int, *, is_billed: bool) -> None:
    """Plant a billing milestone on a milestone, billed whole eight working days after its acceptance."""
    key, when = kantata_id(stage, "billing_milestones"), at(job.opened, 9, 58)
    fields = {
        "workspace_id": job.key,
        "story_id": piece.story,
        "title": "On acceptance",
        "amount_in_cents": amount,
        "currency_base_unit": BASE_UNIT[job.currency],
        "currency": job.currency,
        "billing_type": "upon_completion",
        "date_to_invoice": None,
        "invoice_id": None,
    }
    kantata(stage, "billing_milestones", key, when, fields)
    stage.facts.milestones[core("kantata", key)] = BillingMilestone(
        job.project, core("kantata", piece.story), amount, job.currency
    )
    day = piece.finish and add_workdays(piece.finish, 8)
    if day and is_billed and day <= TODAY:
        add_invoice(stage, job, day, milestones={key: amount})


def fixed_changes(stage: Stage, account: str, currency: str, start: date) -> Job:
    """COVERED_BY_CO and L6: fixed-price changes on a fixed fee: billed, billed in part, waiting, newly accepted."""
    start = min(start, date(2026, 7, 6))
    job = planned(stage, account, currency, "fixed_fee", start)
    entries = work(stage, job, each=16, stamp="some")
    set_terms(stage, job, budget_seconds=sum(line.entry.seconds for line in entries) * 2 // 180 * 180)
    asked = add_workdays(start, 5)
    for place, billed in enumerate((100, 40, 0)):
        made = add_workdays(asked, 3 * place)
        order = accepted_change(stage, job, made, add_workdays(made, 15), native(4_000_00 + 250_00 * place, currency))
        day = add_workdays(made, 25)
        if billed and day <= TODAY:
            amount = native(4_000_00 + 250_00 * place, currency) * billed // 100
            add_invoice(stage, job, day, fees={order.story: (order.change, amount)})
    order = accepted_change(stage, job, max(asked, date(2026, 8, 5)), date(2026, 9, 8), native(3_000_00, currency))
    if int(job.key) % 2:
        add_invoice(stage, job, date(2026, 11, 10), fees={order.story: (order.change, native(3_000_00, currency))})
    return job


def accepted_change(stage: Stage, job: Job, made: date, accepted: date, amount: int) -> Order:
    """A fixed-price change approved the day after it was asked for, worked on, and accepted."""
    approved = add_workdays(made, 1)
    steps = [
        Step(made, "submitted"),
        Step(approved, "approved", approved),
        Step(accepted, "approved", approved, accepted),
    ]
    order = add_change(stage, job, "fixed", tuple(step for step in steps if step.day <= TODAY), amount=amount)
    for day in spread(approved, min(accepted, TODAY), 6):
        log(stage, job, order.story, day, 95, 1, scope="change", change=order.change)
    return order


def time_changes(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Captured: a time-and-materials change on a fixed fee, approved before the work and billed for its first month."""
    job = planned(stage, account, currency, "fixed_fee", start, delay=1)
    entries = work(stage, job, each=14, stamp="some")
    set_terms(stage, job, budget_seconds=sum(line.entry.seconds for line in entries) * 3 // 2 // 180 * 180)
    asked = add_workdays(start, 4)
    approved = add_workdays(asked, 2)
    order = add_change(
        stage, job, "time_and_materials", (Step(asked, "submitted"), Step(approved, "approved", approved))
    )
    extra = [
        log(stage, job, order.story, day, 110, 0, scope="change", change=order.change, stamp="all")
        for day in spread(approved, min(add_workdays(approved, 40), TODAY), 18)
    ]
    bill_monthly(stage, job, extra, until=add_months(month_of(approved), 1))
    finish(stage, job)
    return job


def capped(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L3: a cap reached within an entry; billed time consumes it too, goodwill does not."""
    job = planned(stage, account, currency, "capped", start, delay=2)
    entries = work(stage, job)
    value = sum(worth(line.entry.seconds, line.entry.rate or 0) for line in entries)
    set_terms(stage, job, cap=value * 8 // 10 + 7)
    log(stage, job, job.tasks[0].story, start, 60, 0, scope="goodwill")
    bill_monthly(stage, job, entries, until=add_months(month_of(start), 2))
    return job
