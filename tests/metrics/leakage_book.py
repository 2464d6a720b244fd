"""Core rows for the leakage tests: a project, its plan, its time and its invoices, everything ordinary unless said."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb
import narwhals as nw

from config.policy import policy
from tasks.metrics.catalogue import STEPS_AND_METRICS

HOUR = 3600
RATE = 100_00  # 100.00 an hour: an hour is worth 100, in whole units

Row = dict[str, Any]

FX = [
    {
        "fx_rate_id": f"{year}-{month}-{currency}",
        "month": date(year, month, 1),
        "currency": currency,
        "minor_rate_e8": rate,
    }
    for year in (2025, 2026)
    for month in range(1, 13)
    for currency, rate in (("USD", 10**8), ("EUR", 110_000_000 + month * 10**6))
]


def project(project_id: str = "p", contract_type: str = "time_and_materials", **more: Any) -> Row:
    return {
        "project_id": project_id,
        "account_id": "acme",
        "contract_type": contract_type,
        "currency": "USD",
        "is_archived": False,
        **more,
    }


def task(task_id: str = "t", project_id: str = "p", **more: Any) -> Row:
    return {
        "task_id": task_id,
        "project_id": project_id,
        "has_children": False,
        "task_type": "task",
        "is_archived": False,
        "is_contractual_non_billable": False,
        **more,
    }


def plan_task(
    task_id: str = "t", project_id: str = "p", plan_number: int = 1, approved_date: date = date(2025, 1, 1), **more: Any
) -> Row:
    return {
        "plan_task_id": f"{project_id}/{task_id}/{plan_number}",
        "project_id": project_id,
        "task_id": task_id,
        "plan_number": plan_number,
        "approved_date": approved_date,
        "origin": "vendor",
        "start_date": approved_date,
        "due_date": date(2026, 12, 31),
        "budget_seconds": HOUR,
        "is_milestone": False,
        **more,
    }


def entry(entry_id: str, work_date: date, hours: float, **more: Any) -> Row:
    return {
        "entry_id": entry_id,
        "project_id": "p",
        "task_id": "t",
        "work_date": work_date,
        "seconds": int(hours * HOUR),
        "is_billable": True,
        "approval": "approved",
        "bill_rate_minor": RATE,
        "currency": "USD",
        **more,
    }


def line(line_id: str, entry_id: str | None, hours: float | None, amount: float, **more: Any) -> Row:
    return {
        "line_id": line_id,
        "invoice_id": "i",
        "project_id": "p",
        "line_type": "time",
        "entry_id": entry_id,
        "seconds": None if hours is None else int(hours * HOUR),
        "amount_minor": int(amount * 100),
        "currency": "USD",
        "posted_date": date(2026, 1, 31),
        "status": "posted",
        **more,
    }


def change(
    change_order_id: str, status: str = "approved", pricing: str | None = "time_and_materials", **more: Any
) -> Row:
    return {
        "change_order_id": change_order_id,
        "project_id": "p",
        "status": status,
        "pricing": pricing,
        "currency": "USD",
        "approved_date": date(2025, 12, 1),
        **more,
    }


def rate(rate_id: str, amount: float, effective_date: date = date(2025, 1, 1), **more: Any) -> Row:
    return {
        "rate_id": rate_id,
        "effective_date": effective_date,
        "bill_rate_minor": int(amount * 100),
        "currency": "USD",
        **more,
    }


_numbers = itertools.count()


def step(frames: dict[str, nw.LazyFrame], table: str, as_of: date) -> nw.LazyFrame:
    """A step or metric of the frames; it and all that it builds on are added to them, stored as the run does."""
    needed = _needed(table) - frames.keys()
    for metric in STEPS_AND_METRICS:
        if metric.table in needed:
            given = {name: frames[name] for name in metric.inputs}
            frames[metric.table] = _stored(metric(given, policy(), as_of=as_of), frames)
    return frames[table]


def parts(frames: dict[str, nw.LazyFrame], as_of: date) -> nw.LazyFrame:
    """scope_creep_entry of the frames."""
    return step(frames, "scope_creep_entry", as_of)


def _needed(table: str) -> set[str]:
    """The table and all that it builds on."""
    inputs = {metric.table: metric.inputs for metric in STEPS_AND_METRICS}.get(table, ())
    return {table}.union(*(_needed(name) for name in inputs))


def _stored(computed: nw.LazyFrame, frames: Mapping[str, nw.LazyFrame]) -> nw.LazyFrame:
    """The rows as a table of the same engine, so that what follows reads a table; pandas has them already."""
    native = computed.to_native()
    if not isinstance(native, duckdb.DuckDBPyRelation):
        return computed
    name = f"stored_{next(_numbers)}"
    native.create(name)
    return nw.from_native(frames["project"].to_native().query("_", f"FROM {name}"))


def classes(found: Iterable[Row]) -> dict[tuple[str, str], tuple[float, float, float]]:
    """(entry or thing owed, class) -> hours, gross and leakage in whole units."""
    sums: dict[tuple[str, str], tuple[float, float, float]] = {}
    for row in found:
        key = row["entry_id"] or row["change_order_id"] or row["milestone_id"], row["leakage_class"]
        part = row["seconds"] / HOUR, (row["gross_minor"] or 0) / 100, (row["leakage_minor"] or 0) / 100
        assert key not in sums
        sums[key] = part
    return sums
