"""Core rows for the tests of a delivery's closing: projects with their go-live, and the papers of a deal."""

from datetime import date
from typing import Any

Row = dict[str, Any]
STARTED, LIVE, SIGNED, CLOSED = date(2026, 6, 15), date(2026, 6, 19), date(2026, 6, 22), date(2026, 6, 23)


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


def debrief(deal: str = "d", **given: Any) -> Row:
    """A debrief the day before the sign-off that says all three."""
    return {
        "debrief_id": f"debrief of {deal}",
        "opportunity_id": deal,
        "held_date": date(2026, 6, 21),
        "sentiment": "Glad",
        "workarounds": "Returns by hand",
        "executive_goals": "Close in five days",
    } | given


def closeout(deal: str = "d", **given: Any) -> Row:
    """A closeout with all three parties, next steps and a documented sign-off on 22 June 2026."""
    return {
        "closeout_id": f"closeout of {deal}",
        "opportunity_id": deal,
        "meeting_date": SIGNED,
        "has_customer": True,
        "has_implementation": True,
        "has_customer_success": True,
        "next_steps": "Tickets go to the service desk",
        "signed_date": SIGNED,
        "document": "a file",
    } | given


def deliverable(key: str = "1", deal: str = "d", **given: Any) -> Row:
    """A deliverable validated at the closeout."""
    return {"deliverable_id": key, "closeout_id": f"closeout of {deal}", "validated_date": SIGNED} | given


def item(key: str = "1", deal: str = "d", **given: Any) -> Row:
    """A required item of the checklist from sales to implementation, signed when the project started."""
    return {
        "checklist_item_id": key,
        "opportunity_id": deal,
        "handoff_point": "sales_to_implementation",
        "is_required": True,
        "signed_date": STARTED,
    } | given


def promise(key: str = "1", deal: str = "d", **given: Any) -> Row:
    """A promise mapped to a task when the project started."""
    return {
        "promise_id": key,
        "opportunity_id": deal,
        "kind": "promise",
        "task_id": "m",
        "mapped_date": STARTED,
    } | given


def success_plan(deal: str = "d", **given: Any) -> Row:
    """A success plan created two days before the go-live."""
    return {
        "success_plan_id": f"plan of {deal}",
        "opportunity_id": deal,
        "created_date": date(2026, 6, 17),
    } | given
