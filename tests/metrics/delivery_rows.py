"""Core rows for the tests of a delivery's closing: projects with their go-live, and the papers of a deal."""

from datetime import date
from typing import Any

Row = dict[str, Any]
STARTED, LIVE, CLOSED = date(2026, 6, 15), date(2026, 6, 19), date(2026, 6, 23)


def project(key: str = "p", deal: str | None = "d", **given: Any) -> Row:
    """A client's project of a deal: started on 15 June 2026, closed on the 23rd."""
    return {
        "project_id": key,
        "account_id": "a",
        "opportunity_id": deal,
        "contract_type": "fixed_fee",
        "currency": "USD",
        "start_date": STARTED,
        "closed_date": CLOSED,
        "is_archived": False,
    } | given


def milestone(key: str = "m", project: str = "p", **given: Any) -> Row:
    """A go-live reached on 19 June 2026."""
    return {
        "task_id": key,
        "project_id": project,
        "has_children": False,
        "name": "Go-live",
        "task_type": "milestone",
        "actual_finish_date": LIVE,
        "is_archived": False,
        "is_contractual_non_billable": False,
    } | given


def success_plan(deal: str = "d", **given: Any) -> Row:
    """A success plan created two days before the go-live."""
    return {
        "success_plan_id": f"plan of {deal}",
        "opportunity_id": deal,
        "created_date": date(2026, 6, 17),
    } | given
