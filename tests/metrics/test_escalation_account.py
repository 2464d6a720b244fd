from datetime import date

import pytest

from tasks.metrics.escalation_account import ESCALATION_ACCOUNT
from tests.metrics.revenue_book import account
from tests.metrics.steps import computed
from tests.metrics.support_rows import NEVER_READ, READ, TODAY, company, paying, ticket

JUNE = {"opened_date": date(2026, 6, 10), "escalated_date": date(2026, 6, 10)}
LATE = {**JUNE, "reply_seconds": 90_000}
ROUTE = {"route_id": "r", "account_id": "a", "reaches": "Support"}


@pytest.fixture
def customers(rows, collected):
    """The rows by account."""

    def measure(*tickets, **core):
        found = computed(rows(**company(ticket=list(tickets), **core)), ESCALATION_ACCOUNT, TODAY)
        return {row["account_id"]: row for row in collected(found["escalation_account"])}

    return measure


@pytest.mark.parametrize(
    ("annual", "routes", "tickets", "state"),
    [
        (24_000_00, [], [], "no_route"),
        (24_000_00, [ROUTE], [], "in_order"),
        (30_000_00, [], [], "in_order"),  # only the digital tier needs one
        (24_000_00, [ROUTE], [ticket(**JUNE)], "in_order"),
        (24_000_00, [ROUTE], [ticket(**LATE)], "late"),
        (30_000_00, [], [ticket(**LATE)], "late"),
    ],
)
def test_who_has_a_way_to_a_person(customers, annual, routes, tickets, state):
    found = customers(*tickets, escalation_route=routes, subscription=[paying(annual=annual)])["a"]
    assert (found["state"], found["has_route"]) == (state, bool(routes))


def test_escalations_are_counted_while_they_are_new_or_open(customers):
    old = {"opened_date": date(2026, 2, 2), "escalated_date": date(2026, 2, 2), "reply_seconds": 100_000}
    found = customers(
        ticket("1", **JUNE, closed_date=TODAY),
        ticket("2", **LATE),
        ticket("3", **old),
        ticket("4", **old, closed_date=date(2026, 3, 2)),  # neither: its lateness is past
        ticket("5"),
        ticket("6", **JUNE, account_id=None),
    )["a"]
    assert (found["new_count"], found["open_count"], found["late_count"]) == (2, 2, 2)
    assert (found["slowest_reply_seconds"], found["acv_minor"]) == (90_000, 12_000_00)


def test_a_customer_without_revenue_is_shown_when_it_escalates(customers):
    accounts = [account("a"), account("quiet"), account("gone")]
    assert set(customers(ticket(**JUNE, account_id="gone"), account=accounts)) == {"a", "gone"}


def test_routes_that_were_never_read_leave_the_digital_tier_unknown_only(customers):
    feed = [READ[0], NEVER_READ[1]]
    lines = [paying(), paying("large", 60_000_00)]
    found = customers(ticket(**JUNE), feed=feed, account=[account("a"), account("large")], subscription=lines)
    assert (found["a"]["state"], found["a"]["has_route"], found["a"]["missing_input"]) == (
        "unknown",
        None,
        "escalation_route",
    )
    assert (found["a"]["new_count"], found["large"]["state"], found["large"]["missing_input"]) == (1, "in_order", None)


def test_tickets_that_were_never_read_are_null_and_named(customers):
    found = customers(feed=[NEVER_READ[0], READ[1]], escalation_route=[ROUTE])["a"]
    assert (found["open_count"], found["late_count"], found["state"]) == (None, None, "unknown")
    assert (found["has_route"], found["missing_input"]) == (True, "ticket")
