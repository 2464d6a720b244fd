"""A workbench with `versions` filled from dicts: good rows by default, so that a test names only what matters."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import duckdb
import pytest

from tasks.core.tables import CORE
from tasks.core.tables.shape import Kind

SQL_TYPES: Mapping[Kind, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "instant": "TIMESTAMPTZ",
}
TRAIL = {
    "_version": "BIGINT",
    "_deleted": "BOOLEAN",
    "_updated_at": "TIMESTAMPTZ",
    "_extracted_at": "TIMESTAMPTZ",
    "_hash": "VARCHAR",
    "_unreadable": "VARCHAR",
}
JANUARY = date(2026, 1, 1)
GOOD: Mapping[str, Mapping[str, Any]] = {
    "account": {"account_id": "a1", "name": "Nimbus", "ultimate_id": "a1", "currency": "USD"},
    "subscription": {
        "subscription_id": "s1", "account_id": "a1", "original_account_id": "a1", "amount_minor": 1200_00,
        "currency": "USD", "start_date": JANUARY, "term_end_date": date(2027, 1, 1), "end_date": date(2027, 1, 1),
        "is_renewal_lost": False,
    },
    "project": {
        "project_id": "p1", "account_id": "a1", "contract_type": "time_and_materials", "currency": "USD",
        "is_archived": False,
    },
    "task": {
        "task_id": "t1", "project_id": "p1", "has_children": False, "task_type": "task", "is_archived": False,
        "is_contractual_non_billable": False,
    },
    "task_progress": {"progress_id": "g1", "task_id": "t1", "recorded_date": JANUARY, "progress_bp": 5000},
    "time_entry": {
        "entry_id": "e1", "project_id": "p1", "task_id": "t1", "work_date": JANUARY, "seconds": 3600,
        "is_billable": True, "approval": "approved", "currency": "USD",
    },
    "plan_task": {
        "plan_task_id": "k1", "project_id": "p1", "task_id": "t1", "plan_number": 1, "approved_date": JANUARY,
        "origin": "vendor", "start_date": date(2026, 1, 5), "due_date": date(2026, 1, 30), "budget_seconds": 144_000,
        "cost_rate_minor": 5000, "currency": "USD", "is_milestone": False,
    },
    "rate": {
        "rate_id": "r1", "effective_date": JANUARY, "bill_rate_minor": 150_00, "cost_rate_minor": 5000,
        "currency": "USD",
    },
    "billing_milestone": {
        "milestone_id": "m1", "project_id": "p1", "amount_minor": 5000_00, "currency": "USD", "accepted_date": JANUARY,
    },
    "opportunity": {
        "opportunity_id": "o1", "account_id": "a1", "opportunity_type": "New Business", "stage": "Closed Won",
        "is_closed": True, "is_won": True, "close_date": JANUARY, "amount_minor": 1200_00, "currency": "USD",
    },
    "handoff_form": {},
    "kickoff": {},
    "debrief": {},
    "closeout": {},
    "deliverable": {},
    "checklist_item": {},
    "promise": {},
    "success_plan": {},
    "commission": {},
    "ticket": {},
    "escalation_route": {"route_id": "r", "account_id": "a1", "reaches": "Support"},
    "ownership": {}, "meeting": {}, "meeting_attendee": {}, "message": {}, "message_party": {},
    "usage_day": {
        "usage_id": "u1", "account_id": "a1", "product": "Suite", "usage_date": JANUARY, "user_type": "customer",
        "active_users": 3, "licensed_users": 10, "features_used": 6, "features_offered": 12,
    },
    "training": {
        "training_id": "q1", "project_id": "p1", "operator_id": "n1", "is_required": True, "completed_date": JANUARY,
    },
    "survey": {
        "survey_id": "v1", "account_id": "a1", "project_id": "p1", "occasion": "closeout", "kind": "csat",
        "sent_date": JANUARY, "answered_date": JANUARY, "score": 4, "scale_max": 5,
    },
    "feed": {},
    "fx_rate": {"fx_rate_id": "2026-01:USD", "month": JANUARY, "currency": "USD", "minor_rate_e8": 100_000_000},
    "work_calendar": {"day": JANUARY, "is_working": False, "workdays_before": 0},
}  # fmt: skip


@pytest.fixture
def bench() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty workbench: every table of `versions`, the schema core."""
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'; CREATE SCHEMA versions; CREATE SCHEMA core")
    for table in CORE:
        columns = {column.name: SQL_TYPES[column.kind] for column in table.columns} | TRAIL
        connection.execute(f"CREATE TABLE versions.{table.name} ({', '.join(f'{n} {k}' for n, k in columns.items())})")
    yield connection
    connection.close()


@pytest.fixture
def given(bench: duckdb.DuckDBPyConnection) -> Callable[..., None]:
    """`given("account", {…}, {…})`: versions, each the good row with these differences; version 1 unless said."""

    def give(table: str, *rows: Mapping[str, Any]) -> None:
        for row in rows:
            version = {"_version": 1, "_deleted": False, "_hash": "h", **GOOD[table], **row}
            marks = ", ".join("?" for _ in version)
            bench.execute(
                f"INSERT INTO versions.{table} ({', '.join(version)}) VALUES ({marks})", list(version.values())
            )

    return give
