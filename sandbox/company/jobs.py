"""The parts every project shares: its plan, its usual length, its usual bills."""

from datetime import date

from sandbox.company.days import TODAY, add_workdays
from sandbox.company.hours import Logged, work
from sandbox.company.invoices import bill_monthly
from sandbox.company.plans import baseline, first_seen
from sandbox.company.projects import Job, close, open_job, put_away, set_field
from sandbox.company.staff import add_rate, native
from sandbox.company.stage import Stage, core
from sandbox.company.stories import add_milestone, add_phase, add_task
from sandbox.company.work_facts import Delivery

LENGTHS = (12, 18, 9, 15)  # working days of the four tasks


def agree_rate(stage: Stage, job: Job, cents: int) -> None:
    """Give the contract its own bill rate, in its currency."""
    job.rate = native(cents, job.currency)
    add_rate(stage, job.opened, job.rate, None, workspace=job.key, currency=job.currency)


def planned(
    stage: Stage,
    account: str,
    currency: str,
    contract_type: str,
    start: date,
    *,
    delay: int = 0,
    slip: int | None = 0,
    stretch: int = 1,
    has_baseline: bool = True,
    opened: date | None = None,
    told: date | None = None,
    has_percent: bool = True,
    unrated: bool = False,
    is_stuck: bool = False,
    re_estimate: int | None = None,
) -> Job:
    """Plant a project with two phases of two tasks, a milestone after each, and its first plan."""
    job = open_job(stage, account, currency, contract_type, start, has_baseline=has_baseline, opened=opened)
    if currency != "USD":
        agree_rate(stage, job, 165_00)
    phases, begin = [], start
    for number in (0, 1):
        lengths = [length * stretch for length in LENGTHS[2 * number : 2 * number + 2]]
        minutes = [length * 60 * (3 + number) + 45 * number for length in lengths]
        due = add_workdays(begin, sum(lengths) - 1)
        phases.append(add_phase(stage, job, f"Phase {number + 1}", begin, due, sum(minutes)))
        for place, length in enumerate(lengths):
            role = 3 if unrated and place else (2 * number + place) % 3
            add_task(
                stage,
                job,
                ("Discovery", "Build", "Test", "Launch")[2 * number + place],
                begin,
                length,
                role=role,
                minutes=minutes[place],
                delay=delay * (place + 1),
                has_percent=has_percent or number == 0,
                parent=phases[-1],
                re_estimate=re_estimate if number and place else None,
                is_stuck=is_stuck and number == 1,
            )
            begin = add_workdays(begin, length)
        title = ("Design agreed", "Go-live")[number]
        job.go_live = add_milestone(stage, job, title, due, slip=slip, told=told, parent=phases[-1])
    if has_baseline:
        baseline(stage, job, add_workdays(job.opened, 2), phases=tuple(phases))
    else:
        first_seen(stage, job)
    return job


def last_day(job: Job) -> date:
    """The day the last planned piece is done, or today."""
    return max((piece.finish or TODAY) for piece in [*job.tasks, *job.milestones])


def is_done(job: Job) -> bool:
    """Every planned piece is finished."""
    return all(piece.finish for piece in [*job.tasks, *job.milestones])


def finish(stage: Stage, job: Job) -> None:
    """Close the project five working days after its last piece, when that has come."""
    end = add_workdays(last_day(job), 5)
    if is_done(job) and end <= TODAY:
        close(stage, job, end)
    if is_done(job) and end < date(2025, 6, 2):
        put_away(stage, job, add_workdays(end, 60))


def deal_of(stage: Stage, job: Job, account: str) -> None:
    """Name the deal that the project delivers, when the account has one."""
    for key, versions in stage.world.records["salesforce", "Opportunity"].items():
        if versions[-1].record["AccountId"] == account:
            set_field(stage, job, "Salesforce opportunity", key)
            went_live = job.go_live.finish if job.go_live else None
            stage.facts.deliveries[job.project] = Delivery(
                core("salesforce", key), job.start, went_live or job.closed, job.closed
            )
            return


def worked_and_billed(stage: Stage, job: Job, *, until: date = TODAY, each: int = 26) -> list[Logged]:
    """In-scope time on every task, billed by the month."""
    entries = work(stage, job, each=each)
    bill_monthly(stage, job, entries, until=until)
    return entries
