"""Core rows for the handoff tests: won deals, and forms with all that is asked."""

from datetime import date
from typing import Any

CLOSED, TODAY = date(2026, 6, 10), date(2026, 6, 24)
FX = [{"fx_rate_id": "2026-06:USD", "month": date(2026, 6, 1), "currency": "USD", "minor_rate_e8": 10**8}]
FEEDS = (
    "handoff_form",
    "kickoff",
    "debrief",
    "closeout",
    "deliverable",
    "checklist_item",
    "promise",
    "success_plan",
)
READ = [{"feed_id": name, "is_read": True} for name in FEEDS]
NEVER_READ = [{"feed_id": name, "is_read": False} for name in FEEDS]
Row = dict[str, Any]


def deal(key: str = "d", **given: Any) -> Row:
    """A new customer's deal of 30,000.00 a year, won on 10 June 2026."""
    return {
        "opportunity_id": key,
        "account_id": "a",
        "opportunity_type": "New Business",
        "stage": "Closed Won",
        "is_closed": True,
        "is_won": True,
        "close_date": CLOSED,
        "amount_minor": 30_000_00,
        "currency": "USD",
    } | given


def form(key: str = "d", number: int = 1, **given: Any) -> Row:
    """A version of a deal's form, complete and signed."""
    return {
        "form_version_id": f"{key}:{number}",
        "form_id": key,
        "opportunity_id": key,
        "version_number": number,
        "recorded_date": CLOSED,
        "is_withdrawn": False,
        "goals": "Close the books in five days",
        "expected_outcomes": "Three systems retired",
        "sponsor_id": "contact",
        "sponsor_role": "Sponsor",
        "go_live_target_date": date(2026, 9, 1),
        "success_measure": "Days to close",
        "success_target": "5",
        "concerns": "Old data",
        "signed_date": CLOSED,
    } | given


def kickoff(key: str = "d", **given: Any) -> Row:
    """A kickoff at which the goals were confirmed."""
    return {
        "kickoff_id": f"kickoff of {key}",
        "opportunity_id": key,
        "held_date": date(2026, 6, 18),
        "is_template_used": True,
        "is_goals_shown": True,
        "goals_answer": "confirmed",
        "answered_date": date(2026, 6, 18),
    } | given


def commission(key: str = "d", **given: Any) -> Row:
    """A payout of 900.00 for a deal, in July."""
    return {
        "commission_id": f"commission of {key}",
        "opportunity_id": key if key.isalpha() else "d",
        "amount_minor": 900_00,
        "currency": "USD",
        "payable_date": date(2026, 7, 31),
        "is_cancelled": False,
    } | given
