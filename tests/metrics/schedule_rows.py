"""Core rows for the schedule tests: a calendar without holidays, tasks, plans and time, most columns filled in."""

from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)
MONDAY = date(2026, 6, 1)  # a Monday; working day n is workday(n), counted from 0
Row = dict[str, Any]


def calendar(first: date = date(2026, 5, 4), days: int = 180) -> list[Row]:
    """Every day from `first`, a Monday; weekends are not worked."""
    rows, before = [], 0
    for offset in range(days):
        day = first + offset * DAY
        rows.append({"day": day, "is_working": day.weekday() < 5, "workdays_before": before})
        before += day.weekday() < 5
    return rows


def workday(number: int) -> date:
    """The working day `number` working days after Monday 2026-06-01."""
    return MONDAY + DAY * (number // 5 * 7 + number % 5)


def fx(*months: date, **rates: int) -> list[Row]:
    """Rates of June 2026 unless told; USD is the reporting currency."""
    return [
        {"fx_rate_id": f"{month}:{currency}", "month": month, "currency": currency, "minor_rate_e8": rate}
        for month in months or (date(2026, 6, 1),)
        for currency, rate in ({"USD": 10**8} | rates).items()
    ]


def project(**given: Any) -> Row:
    """A project of one account."""
    return {
        "project_id": "p",
        "account_id": "a",
        "contract_type": "fixed_fee",
        "currency": "USD",
        "is_archived": False,
    } | given


def task(task_id: str, **given: Any) -> Row:
    """A leaf task, not started."""
    return {
        "task_id": task_id,
        "project_id": "p",
        "has_children": False,
        "task_type": "task",
        "is_archived": False,
        "is_contractual_non_billable": False,
    } | given


def plan(task_id: str, start: date, due: date, **given: Any) -> Row:
    """A planned task of 10 hours at 100.00 an hour (cost 1,000.00), in the original plan."""
    row = {
        "project_id": "p",
        "task_id": task_id,
        "plan_number": 1,
        "approved_date": date(2026, 6, 1),
        "origin": "vendor",
        "start_date": start,
        "due_date": due,
        "budget_seconds": 36_000,
        "cost_rate_minor": 100_00,
        "currency": "USD",
        "is_milestone": False,
    } | given
    return row | {"plan_task_id": f"{row['project_id']}:{task_id}:{row['plan_number']}"}


def entry(entry_id: str, work_date: date, hours: float, **given: Any) -> Row:
    """Approved time on task t1 at a cost of 100.00 an hour."""
    return {
        "entry_id": entry_id,
        "project_id": "p",
        "task_id": "t1",
        "work_date": work_date,
        "seconds": int(hours * 3600),
        "is_billable": True,
        "approval": "approved",
        "cost_rate_minor": 100_00,
        "currency": "USD",
    } | given


def progress(task_id: str, day: date, basis_points: int) -> Row:
    """Percent complete as recorded on a day."""
    return {"progress_id": f"{task_id}:{day}", "task_id": task_id, "recorded_date": day, "progress_bp": basis_points}
