"""Core rows for the support tests: customers with revenue, and their tickets."""

from datetime import date
from typing import Any

from tests.metrics.revenue_book import account, calendar, line, rates

TODAY = date(2026, 6, 24)
READ = [{"feed_id": "ticket", "is_read": True}, {"feed_id": "escalation_route", "is_read": True}]
NEVER_READ = [{"feed_id": "ticket", "is_read": False}, {"feed_id": "escalation_route", "is_read": False}]
Row = dict[str, Any]


def paying(key: str = "a", annual: int = 12_000_00) -> Row:
    """A year's subscription of a customer from January 2026 on."""
    return line(f"of {key}", key, annual, "2026-01-01", "2027-01-01")


def company(**core: list[Row]) -> dict[str, list[Row]]:
    """One customer of 12,000.00 a year, and what else is given."""
    given = {"account": [account("a")], "subscription": [paying()], "feed": READ}
    return given | {"work_calendar": calendar(), "fx_rate": rates()} | core


def ticket(key: str = "t", **given: Any) -> Row:
    """An incident that support handles, made on 10 June 2026 and answered two hours later."""
    return {
        "ticket_id": key,
        "account_id": "a",
        "customer_ref": "a",
        "request_type": "Incident",
        "team": "Support",
        "opened_date": date(2026, 6, 10),
        "replied_date": date(2026, 6, 10),
        "reply_seconds": 7200,
    } | given
