"""Which projects the company runs: every story once, then again, until there are enough."""

from collections.abc import Callable
from datetime import date, timedelta

from sandbox.company import billing, blemishes, creeping, retainers, schedules
from sandbox.company.accounts import currency_of
from sandbox.company.days import workday
from sandbox.company.jobs import deal_of
from sandbox.company.projects import Job
from sandbox.company.stage import Stage

Arc = Callable[[Stage, str, str, date], Job]
ARCS: tuple[Arc, ...] = (
    schedules.late,
    creeping.change_submitted,
    creeping.change_approved_late,
    creeping.no_task,
    creeping.not_in_plan,
    creeping.planned_later,
    creeping.after_close,
    creeping.before_sow,
    creeping.archived,
    creeping.goodwill,
    creeping.own_rate,
    billing.ageing,
    billing.discounts,
    billing.cancelled_invoice,
    billing.missing_rate,
    billing.fixed_fee,
    billing.overrun,
    billing.fixed_changes,
    billing.time_changes,
    billing.capped,
    retainers.retainer_whole,
    retainers.retainer_carry,
    retainers.retainer_window,
    schedules.early,
    schedules.stuck,
    schedules.forecast_late,
    schedules.planned_twice,
    schedules.re_estimated,
    schedules.without_percent,
    schedules.in_hours,
    schedules.never_baselined,
    schedules.seen_in_time,
    schedules.internal,
    schedules.steady,
    schedules.steady,
    schedules.steady,
    schedules.steady,
)
FIRST_START, LAST_START = date(2024, 1, 8), date(2026, 9, 7)


def run_projects(stage: Stage, accounts: list[str]) -> None:
    """Plant a quarter more projects than accounts, their starts spread over the company's life; then the blemishes."""
    count = max(len(ARCS), len(accounts) * 5 // 4)
    jobs = []
    for place in range(count):
        account = accounts[place * 7 % len(accounts)]
        begin = FIRST_START + timedelta(days=(LAST_START - FIRST_START).days * (place * 37 % count) // count)
        start = workday(begin.replace(day=min(begin.day, 22)))
        job = ARCS[place % len(ARCS)](stage, account, currency_of(stage, account), start)
        deal_of(stage, job, account)
        jobs.append(job)
    blemishes.unreadable_project(stage, accounts[0])
    blemishes.bad_rows(stage, jobs[24])  # a stuck project: its second phase is open
    blemishes.deleted_task(stage, jobs[24])
    blemishes.hard_deletes(stage, jobs[0])
    blemishes.late_entry(stage, jobs[0])
