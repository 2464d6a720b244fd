"""Projects paid by the month: what a month's excess becomes with and without carry."""

from datetime import date, timedelta

from sandbox.company.days import add_months, add_workdays, month_of
from sandbox.company.hours import log
from sandbox.company.jobs import agree_rate
from sandbox.company.plans import baseline
from sandbox.company.projects import Job, open_job, set_terms
from sandbox.company.stage import Stage
from sandbox.company.stories import add_milestone, add_task


def retainer(stage: Stage, account: str, start: date, hours: tuple[int, ...], *, has_carry: bool, window: int) -> Job:
    """A retainer of 40 hours a month, used as told month by month in the first half of each; dollars, one rate."""
    job = open_job(stage, account, "USD", "retainer", start)
    agree_rate(stage, job, 150_00)
    end = add_months(start, len(hours))
    add_task(stage, job, "Monthly service", start, 200, role=0, minutes=40 * 60 * len(hours))
    add_milestone(stage, job, "Yearly review", add_workdays(end, -3), slip=0)
    baseline(stage, job, add_workdays(job.opened, 1))
    set_terms(stage, job, retainer_seconds=40 * 3600, has_carry=has_carry, window_months=window)
    for place, spent in enumerate(hours):
        minutes, day = spent * 60, add_workdays(add_months(month_of(start), place) - timedelta(days=1), 1)
        while minutes > 0:
            log(stage, job, job.tasks[0].story, day, min(minutes, 340), 0)
            minutes, day = minutes - 340, add_workdays(day, 1)
    return job


def retainer_whole(stage: Stage, account: str, currency: str, start: date) -> Job:
    """L3: a retainer without carry; each month's excess is lost at once, an unused rest does not help."""
    return retainer(stage, account, date(2026, 3, 2), (36, 44, 40, 47, 38, 43, 46, 40, 45), has_carry=False, window=1)


def retainer_carry(stage: Stage, account: str, currency: str, start: date) -> Job:
    """NOT_YET_DUE, then L3: an excess waits for the later months of its window (February to July, then August on)."""
    return retainer(
        stage, account, date(2026, 2, 2), (46, 36, 40, 40, 40, 40, 43, 40, 44, 36), has_carry=True, window=6
    )


def retainer_window(stage: Stage, account: str, currency: str, start: date) -> Job:
    """NOT_YET_DUE on 31 August, L3 from 30 September 2026 on, when its three months end, less what September left."""
    return retainer(stage, account, date(2026, 7, 1), (40, 45, 38, 40, 46), has_carry=True, window=3)
