from datetime import date, timedelta

import pytest

from tasks.metrics.request_ticket import REQUEST_TICKET
from tests.metrics.revenue_book import account
from tests.metrics.steps import computed
from tests.metrics.support_rows import TODAY, company, paying, ticket

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def requests(rows, collected):
    """The rows by ticket."""

    def measure(*tickets, **core):
        frames = computed(rows(**company(ticket=list(tickets), **core)), REQUEST_TICKET, TODAY)
        return {row["ticket_id"]: row for row in collected(frames["request_ticket"])}

    return measure


@pytest.mark.parametrize(
    ("request_type", "team", "kind", "owner", "handler", "is_misrouted"),
    [
        ("Incident", "Support", "reactive", "support", "support", False),
        ("Incident", "Customer Success", "reactive", "support", "success", True),
        ("How-to", "Help desk", "reactive", "support", "support", False),  # as people write it
        ("Training", "Customer Success", "proactive", "success", "success", False),
        ("Training", "Support", "proactive", "success", "support", True),
        ("Business review", "CSM", "strategic", "success", "success", False),
        ("Renewal", "Support", "strategic", "success", "support", True),
        (None, "Support", "unknown", "unknown", "support", None),
        ("Party", "Support", "unknown", "unknown", "support", None),
        ("Incident", None, "reactive", "support", "unknown", None),
        ("Incident", "Partners", "reactive", "support", "unknown", None),
    ],
)
def test_where_a_request_belongs_and_went(requests, request_type, team, kind, owner, handler, is_misrouted):
    found = requests(ticket(request_type=request_type, team=team))["t"]
    assert (found["kind"], found["owner"], found["handler"]) == (kind, owner, handler)
    assert (found["is_routed"], found["is_misrouted"]) == (is_misrouted is not None, is_misrouted)


def test_a_request_of_no_known_account_is_kept_and_named(requests):
    found = requests(ticket("none", account_id=None, customer_ref=None), ticket("lost", account_id="z"), ticket())
    assert {key: (row["account_id"], row["tier"]) for key, row in found.items()} == {
        "none": (None, "unmatched"),
        "lost": (None, "unmatched"),
        "t": ("a", "digital"),
    }
    assert found["lost"]["customer_ref"] == "a"


def test_a_merged_accounts_requests_count_for_the_winner_from_its_day_on(requests):
    for day, holder in ((TODAY, "w"), (TOMORROW, "a")):
        loser = account("a", ultimate="w", merged_into_id="w", merged_date=day)
        assert requests(ticket(), account=[loser, account("w")])["t"]["account_id"] == holder


def test_only_what_had_happened_by_the_day_is_told(requests):
    rated = {"rating": "good", "rated_date": TOMORROW, "closed_date": TOMORROW}
    found = requests(ticket(**rated), ticket("later", opened_date=TOMORROW))
    assert set(found) == {"t"}
    assert (found["t"]["closed_date"], found["t"]["rating"], found["t"]["month"]) == (None, None, date(2026, 6, 1))


@pytest.mark.parametrize(
    ("annual", "name"),
    [
        (24_999_96, "digital"),
        (25_000_08, "mixed"),
        (99_999_96, "mixed"),
        (100_000_08, "high_touch"),
        (1_000_000_08, "full_team"),
    ],
)
def test_the_tier_is_by_what_the_customer_pays_a_year(requests, annual, name):
    assert requests(ticket(), subscription=[paying(annual=annual)])["t"]["tier"] == name


def test_a_customer_without_revenue_has_no_tier(requests):
    ended = paying() | {"term_end_date": date(2026, 5, 31), "end_date": date(2026, 5, 31), "is_renewal_lost": True}
    assert requests(ticket(), subscription=[ended])["t"]["tier"] == "unknown"
    assert requests(ticket(), subscription=[])["t"]["tier"] == "unknown"
