"""Core rows for what comes after go-live: a customer whose project went live on 4 May 2026, its use, its training."""

from datetime import date, timedelta
from typing import Any

from tests.metrics.schedule_rows import calendar

LIVE, TODAY = date(2026, 5, 4), date(2026, 6, 24)
Row = dict[str, Any]


def feed(**is_read: bool) -> list[Row]:
    """All optional tables were read, but those named false."""
    names = ("usage_day", "training", "survey")
    return [{"feed_id": name, "is_read": is_read.get(name, True)} for name in names]


def project(key: str = "p", **given: Any) -> Row:
    return {"project_id": key, "account_id": "a", "contract_type": "fixed_fee", "is_archived": False} | given


def milestone(key: str = "m", **given: Any) -> Row:
    """The go-live of the project, reached."""
    return {
        "task_id": key,
        "project_id": "p",
        "name": "Go-live",
        "task_type": "milestone",
        "actual_finish_date": LIVE,
        "has_children": False,
        "is_archived": False,
    } | given


def line(product: str = "Suite", **given: Any) -> Row:
    """A year of a product, renewed by nobody yet."""
    return {
        "subscription_id": f"s {product}",
        "account_id": "a",
        "original_account_id": "a",
        "product": product,
        "amount_minor": 1_200_00,
        "currency": "USD",
        "start_date": date(2026, 3, 2),
        "term_end_date": date(2027, 3, 2),
        "end_date": date(2027, 3, 2),
        "is_renewal_lost": False,
    } | given


def use(days_ago: int, product: str = "Suite", **given: Any) -> Row:
    """People of the customer used a product so many days before today."""
    day = TODAY - timedelta(days=days_ago)
    return {
        "usage_id": f"{product} {day} {given.get('account_id', 'a')} {given.get('user_type', 'customer')}",
        "account_id": "a",
        "product": product,
        "usage_date": day,
        "user_type": "customer",
        "active_users": 3,
    } | given


def others(days_ago: int = 0) -> Row:
    """Another account's use, so that the counts are that fresh."""
    return use(days_ago, account_id="other")


def training(operator: str, completed: date | None = None, **given: Any) -> Row:
    return {
        "training_id": f"{given.get('project_id', 'p')} {operator}",
        "project_id": "p",
        "operator_id": operator,
        "is_required": True,
        "completed_date": completed,
    } | given


def survey(key: str, kind: str = "csat", score: int | None = None, **given: Any) -> Row:
    """A question about the project at its closeout, answered on the day it was sent where there is a score."""
    sent = given.get("sent_date", TODAY)
    return {
        "survey_id": key,
        "account_id": "a",
        "project_id": "p",
        "occasion": "closeout",
        "kind": kind,
        "sent_date": sent,
        "answered_date": None if score is None else sent,
        "score": score,
        "scale_max": {"csat": 5, "nps": 10, "ces": 7}[kind],
    } | given


def company(**given: list[Row]) -> dict[str, list[Row]]:
    """One live customer with one product, and what is given in place of that."""
    account = {"account_id": "a", "ultimate_id": "a"}
    return {
        "account": [account],
        "project": [project()],
        "task": [milestone()],
        "subscription": [line()],
        "work_calendar": calendar(date(2026, 1, 1), 365),
        "feed": feed(),
    } | given
