from datetime import date

import pytest

from tasks.metrics.request_monthly import REQUEST_MONTHLY
from tests.metrics.revenue_book import account
from tests.metrics.steps import computed
from tests.metrics.support_rows import NEVER_READ, TODAY, company, paying, ticket

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def months(rows, collected):
    """The rows by month and tier."""

    def measure(*tickets, **core):
        frames = computed(rows(**company(ticket=list(tickets), **core)), REQUEST_MONTHLY, TODAY)
        return {(row["month"], row["tier"]): row for row in collected(frames["request_monthly"])}

    return measure


def test_the_requests_of_a_month_are_counted_by_tier(months):
    rated = {"rated_date": TODAY}
    found = months(
        ticket("1", rating="good", **rated),
        ticket("2", team="Customer Success", rating="bad", **rated),
        ticket("3", request_type="Training"),
        ticket("4", request_type="Renewal", team="CSM"),
        ticket("5", request_type="Party"),
        ticket("6", team="Partners", rating="good", **rated),
        ticket("7", opened_date=date(2026, 5, 31), team="CSM"),
        ticket("8", account_id="large", team="CSM"),
        ticket("9", account_id=None),
        account=[account("a"), account("large")],
        subscription=[paying(), paying("large", 60_000_00)],
    )
    assert set(found) == {(JUNE, "digital"), (MAY, "digital"), (JUNE, "mixed"), (JUNE, "unmatched")}
    june = found[JUNE, "digital"]
    names = ("request", "reactive", "proactive", "strategic", "unclassified", "routed", "misrouted", "rated", "good")
    assert [june[f"{name}_count"] for name in names] == [6, 3, 1, 1, 1, 4, 2, 3, 2]
    assert (june["misrouted_pct"], june["good_pct"]) == (50.0, pytest.approx(200 / 3))
    assert (found[MAY, "digital"]["misrouted_pct"], found[JUNE, "mixed"]["misrouted_pct"]) == (100.0, 100.0)
    assert found[JUNE, "unmatched"]["request_count"] == 1


def test_a_month_without_requests_is_zero_and_has_no_share(months):
    (found,) = months().values()
    assert (found["month"], found["tier"], found["request_count"]) == (JUNE, "digital", 0)
    assert (found["misrouted_pct"], found["good_pct"], found["missing_input"]) == (None, None, None)


def test_what_was_never_read_is_null_and_named(months):
    (found,) = months(feed=NEVER_READ).values()
    assert (found["request_count"], found["misrouted_count"], found["misrouted_pct"]) == (None, None, None)
    assert found["missing_input"] == "ticket"
