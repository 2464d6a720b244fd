"""Projects in which time leaks out of scope (L1, L2, L4), or is free by contract; each shows one phenomenon."""

from dataclasses import replace
from datetime import date, timedelta

from sandbox.company.changes import Step, add_change
from sandbox.company.days import TODAY, add_months, add_workdays, at, month_of
from sandbox.company.hours import log, spread
from sandbox.company.invoices import add_invoice, bill_monthly
from sandbox.company.jobs import agree_rate, finish, last_day, planned, worked_and_billed
from sandbox.company.plans import baseline
from sandbox.company.projects import Job, Piece, close
from sandbox.company.stage import Stage, core, custom_field
from sandbox.company.stories import Look, add_story, add_task, remember

DAY = timedelta(days=1)


def change_submitted(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L1: work on a change that the customer never approved; one that was rejected."""
    job = planned(stage, account, currency, "time_and_materials", start, delay=2)
    worked_and_billed(stage, job)
    asked = add_workdays(start, 12)
    for status in ("submitted", "rejected"):
        steps = (Step(asked, "draft"), Step(add_workdays(asked, 2), status))
        order = add_change(stage, job, "time_and_materials", steps)
        for day in spread(add_workdays(asked, 1), min(add_workdays(asked, 20), TODAY), 7):
            log(stage, job, order.story, day, stage.rng.choice((60, 95, 150)), 1, scope="change", change=order.change)
    finish(stage, job)
    return job


def change_approved_late(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L1 until the change is approved on 17 September 2026: then WIP or L5, the first part billed in November."""
    start = date(2026, 7, 6)
    job = planned(stage, account, currency, "time_and_materials", start, slip=6, told=date(2026, 9, 22))
    worked_and_billed(stage, job)
    approved = date(2026, 9, 17)
    order = add_change(
        stage, job, "time_and_materials", (Step(date(2026, 8, 3), "submitted"), Step(approved, "approved", approved))
    )
    entries = [
        log(stage, job, order.story, day, 120, 1, scope="change", change=order.change, stamp="all")
        for day in spread(date(2026, 8, 4), date(2026, 11, 6), 24)
    ]
    early = [line for line in entries if line.entry.day < date(2026, 8, 20)]
    add_invoice(stage, job, date(2026, 11, 10), entries=early)
    return job


def no_task(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L2: time without a task; a quarter of it was billed all the same, so it counts as captured."""
    job = planned(stage, account, currency, "time_and_materials", start)
    worked_and_billed(stage, job)
    loose = [
        log(stage, job, None, day, 90, 0, scope="out_of_scope", reason="no_task", stamp="all")
        for day in spread(start, min(last_day(job), TODAY), 16)
    ]
    bill_monthly(stage, job, loose[::4])
    finish(stage, job)
    return job


def not_in_plan(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L2: time on a task that was added without a new plan."""
    job = planned(stage, account, currency, "time_and_materials", start, delay=-1)
    worked_and_billed(stage, job)
    added = add_workdays(start, 6)
    extra = add_story(
        stage,
        job,
        "Extra dashboard",
        "task",
        [(at(added, 9, 50), Look(due=add_workdays(added, 20), minutes=600))],
        start=added,
    )
    for day in spread(added, min(add_workdays(added, 25), TODAY), 12):
        log(stage, job, extra, day, stage.rng.choice((60, 120)), 0, scope="out_of_scope", reason="not_in_plan")
    finish(stage, job)
    return job


def planned_later(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L2 until a new plan takes the task in on 15 September 2026; every due date moves 15 working days."""
    start = date(2026, 8, 3)
    job = planned(stage, account, currency, "time_and_materials", start, delay=8, slip=12, told=date(2026, 9, 15))
    worked_and_billed(stage, job)
    adopted = date(2026, 9, 15)
    kept = list(job.tasks)
    extra = add_task(stage, job, "Second warehouse", adopted, 20, role=0, minutes=2400, delay=4)
    job.tasks[:] = kept
    for day in spread(date(2026, 8, 24), add_workdays(adopted, 15), 22):
        if day < adopted:
            log(stage, job, extra.story, day, 75, 0, scope="out_of_scope", reason="not_in_plan")
        else:
            log(stage, job, extra.story, day, 75, 0)
    baseline(stage, job, adopted, shift=15, extra=(extra,))
    return job


def after_close(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L2: favours after the project was finished."""
    start = min(start, date(2026, 2, 2))
    job = planned(stage, account, currency, "time_and_materials", start)
    worked_and_billed(stage, job)
    end = last_day(job)
    close(stage, job, end)
    for day in spread(end + DAY, min(end + 40 * DAY, TODAY), 8):
        log(stage, job, job.tasks[-1].story, day, 60, 2, scope="out_of_scope", reason="after_close")
    return job


def before_sow(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L2: work before the statement of work began, on a task that was planned."""
    job = planned(stage, account, currency, "time_and_materials", start)
    worked_and_billed(stage, job)
    for day in spread(add_workdays(start, -6), start - DAY, 6):
        log(stage, job, job.tasks[0].story, day, 120, 1, scope="out_of_scope", reason="before_sow")
    finish(stage, job)
    return job


def archived(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L2: time on a planned task that is archived on 5 October 2026; in scope before."""
    start = date(2026, 6, 1)
    job = planned(stage, account, currency, "time_and_materials", start)
    worked_and_billed(stage, job)
    put_away, due = at(date(2026, 10, 5), 11, 25), add_workdays(start, 60)
    look = Look(due=due, minutes=1200)
    looks = [(at(job.opened, 9, 40), look), (put_away, replace(look, is_archived=True))]
    story = add_story(stage, job, "Old importer", "task", looks, start=start, role=0)
    adopt(stage, job, story, start, due)
    for day in spread(date(2026, 8, 10), date(2026, 10, 2), 12):
        line = log(stage, job, story, day, 80, 0)
        history = stage.facts.entries[core("kantata", line.key)]
        history.append((put_away, replace(line.entry, scope="out_of_scope", reason="archived_task")))
    return job


def adopt(stage: Stage, job: Job, story: str, start: date, due: date) -> None:
    """Take a story into the plan with a second baseline, three days after the first and before any work."""
    piece = Piece(story, start, due, None, 0, 1200 * 60)
    remember(stage, story, [(at(job.opened, 9, 40), Look(due=due, minutes=1200))])
    baseline(stage, job, add_workdays(job.opened, 5), extra=(piece,))


def goodwill(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L4: planned work marked not billable, its stamped zero ignored; and free work that the contract names."""
    job = planned(stage, account, currency, "time_and_materials", start, delay=1)
    worked_and_billed(stage, job)
    for day in spread(start, min(last_day(job), TODAY), 14):
        log(stage, job, job.tasks[1].story, day, 105, 1, scope="goodwill")
    custom_field(stage, "Story", job.tasks[2].story, "Contractually non-billable", "true", at(job.opened, 9, 55))
    for day in spread(start, min(last_day(job), TODAY), 9):
        log(
            stage,
            job,
            job.tasks[2].story,
            day,
            45,
            2,
            scope="contractual_non_billable",
            stamp="none" if currency == "USD" else "some",
        )
    finish(stage, job)
    return job


def own_rate(stage: Stage, account: str, currency: str, start: date) -> Job:
    """WIP and L5 at the contract's own rate: bills stop after the second month."""
    job = planned(stage, account, currency, "time_and_materials", start)
    if currency == "USD":
        agree_rate(stage, job, 171_25)
    worked_and_billed(stage, job, until=add_months(month_of(start), 2))
    finish(stage, job)
    return job
