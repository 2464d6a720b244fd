"""Projects whose plan is the story: early, late, stuck, planned anew, never baselined, without rates or percentages."""

from datetime import date

from sandbox.company.days import add_workdays
from sandbox.company.hours import log, spread
from sandbox.company.jobs import finish, planned, worked_and_billed
from sandbox.company.plans import baseline
from sandbox.company.projects import Job, open_job
from sandbox.company.stage import Stage


def early(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Ahead of its plan; both milestones three working days early."""
    job = planned(stage, account, currency, "time_and_materials", start, delay=-2, slip=-3)
    worked_and_billed(stage, job)
    finish(stage, job)
    return job


def steady(stage: Stage, account: str, currency: str, start: date) -> Job:
    """As it should be: under way, on its plan, within its budget, billed by the month."""
    start = add_workdays(date(2026, 9, 21), stage.rng.randrange(6))
    job = planned(stage, account, currency, "time_and_materials", start, delay=-1, slip=0)
    worked_and_billed(stage, job, each=12)
    return job


def late(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Behind its plan; the milestones eight working days late, said at the end of September."""
    start = date(2026, 7, 20)
    job = planned(stage, account, currency, "time_and_materials", start, delay=5, slip=8, told=date(2026, 9, 24))
    worked_and_billed(stage, job)
    return job


def stuck(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Its second phase never ends: the go-live is overdue and its forecast untouched."""
    start = date(2026, 6, 8)
    job = planned(stage, account, currency, "time_and_materials", start, slip=None, is_stuck=True)
    worked_and_billed(stage, job)
    return job


def forecast_late(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Not due yet, but its go-live is forecast 10 working days late from 27 October 2026 on."""
    start = date(2026, 9, 28)
    job = planned(stage, account, currency, "time_and_materials", start, slip=10, told=date(2026, 10, 27))
    worked_and_billed(stage, job)
    return job


def planned_twice(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Planned anew by an approved change long before the first pull: 10 working days later."""
    job = planned(stage, account, currency, "time_and_materials", start, delay=6, slip=12)
    baseline(stage, job, add_workdays(start, 15), shift=10)
    worked_and_billed(stage, job)
    finish(stage, job)
    return job


def re_estimated(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Its estimates grow on 12 October 2026; the plan's budget stays as first known."""
    start = date(2026, 8, 10)
    job = planned(stage, account, currency, "time_and_materials", start, delay=4, slip=5, re_estimate=9_000)
    worked_and_billed(stage, job)
    return job


def without_percent(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Its second phase has no percentages: 0/100 for short tasks, 50/50 for longer ones."""
    start = date(2026, 7, 27)
    job = planned(stage, account, currency, "time_and_materials", start, has_percent=False, delay=2)
    worked_and_billed(stage, job)
    return job


def in_hours(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Planned with experts before there was any rate for them: measured in hours."""
    start = date(2024, 11, 4)
    job = planned(stage, account, "USD", "time_and_materials", start, unrated=True, delay=3, slip=3)
    worked_and_billed(stage, job)
    finish(stage, job)
    return job


def never_baselined(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Under way since spring without a baseline: its plan is the one first pulled, too late to speak of slip."""
    start = date(2026, 5, 11)
    job = planned(stage, account, currency, "time_and_materials", start, has_baseline=False, stretch=2, slip=4)
    worked_and_billed(stage, job)
    return job


def seen_in_time(stage: Stage, account: str, currency: str, start: date) -> Job:
    """Without a baseline too, but first pulled before it starts: its first plan counts."""
    start = date(2026, 10, 5)
    job = planned(
        stage,
        account,
        currency,
        "time_and_materials",
        start,
        has_baseline=False,
        slip=5,
        delay=1,
        opened=date(2026, 9, 14),
        told=date(2026, 10, 27),
    )
    worked_and_billed(stage, job)
    return job


def internal(stage: Stage, account: str, currency: str, start: date) -> Job:
    """The company's own work: never client-facing, without a plan."""
    job = open_job(stage, account, "USD", "internal", start)
    for day in spread(start, add_workdays(start, 60), 20):
        log(stage, job, None, day, 120, 0)
    return job
