"""Opening and closing MRR per account and month."""

from typing import Any

from tasks.metrics.mrr_account import MRR_ACCOUNT
from tests.metrics.revenue_book import account, by, calendar, day, final, line, marts, rates

AS_OF = "2026-03-30"  # February is the last complete month


def balances(rows: Any, collected: Any, as_of: str = AS_OF, **core: Any) -> dict[Any, tuple[int, int]]:
    found = by(collected(marts(rows, MRR_ACCOUNT, as_of, **core)["mrr_account"]), "month", "account_id")
    return {key: (row["opening_minor"], row["closing_minor"]) for key, row in found.items()}


def test_the_last_day_of_the_month_counts_and_the_end_does_not(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 300_00, "2025-10-31", "2026-01-31"),  # starts on a last day; ends on one: not active on it
        final("b", "B", 100_00, "2025-12-31", "2026-01-31"),
    ]
    assert balances(rows, collected, subscription=lines) == {
        ("2025-10", "A"): (0, 100_00),
        ("2025-11", "A"): (100_00, 100_00),
        ("2025-12", "A"): (100_00, 100_00),
        ("2026-01", "A"): (100_00, 0),
        ("2025-12", "B"): (0, 100_00),
        ("2026-01", "B"): (100_00, 0),
    }


def test_only_complete_months(rows: Any, collected: Any) -> None:
    lines = [final("a", "A", 300_00, "2026-01-10", "2026-04-10")]
    assert set(balances(rows, collected, "2026-02-27", subscription=lines)) == {("2026-01", "A")}
    assert set(balances(rows, collected, "2026-02-28", subscription=lines)) == {("2026-01", "A"), ("2026-02", "A")}


def test_a_subscription_within_one_month_is_a_row_without_a_balance(rows: Any, collected: Any) -> None:
    lines = [final("a", "A", 100_00, "2026-01-05", "2026-02-05", end_date=day("2026-01-20"))]
    assert balances(rows, collected, subscription=lines) == {("2026-01", "A"): (0, 0)}


def test_each_balance_is_valued_at_its_months_table(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 2 * 1_000_05, "2026-01-01", "2026-03-01", currency="EUR"),
        final("b", "A", 200, "2026-01-01", "2026-03-01"),
    ]
    found = balances(
        rows,
        collected,
        subscription=lines,
        fx_rate=[*rates(), *rates("EUR", {"2026-01": 110_000_000, "2026-02": 100_000_000})],
    )
    # 100,005 * 1.1 = 110,005.5, a tie: to the even 110,006
    assert found == {("2026-01", "A"): (0, 1_100_06 + 100), ("2026-02", "A"): (1_100_06 + 100, 1_000_05 + 100)}


def test_a_missing_rate_takes_the_nearest_table_and_says_so(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 300_00, "2025-12-01", "2026-03-01", currency="EUR"),
        final("x", "X", 300_00, "2026-02-01", "2026-05-01", currency="XXX"),
    ]
    found = by(
        collected(
            marts(rows, MRR_ACCOUNT, AS_OF, subscription=lines, fx_rate=rates("EUR", {"2026-01": 2 * 10**8}))[
                "mrr_account"
            ]
        ),
        "month",
        "account_id",
    )
    assert {key: (row["closing_minor"], row["is_rate_missing"]) for key, row in found.items()} == {
        ("2025-12", "A"): (200_00, True),
        ("2026-01", "A"): (200_00, False),
        ("2026-02", "A"): (200_00, True),
        ("2026-02", "X"): (0, True),
    }


def test_a_late_renewal_keeps_its_revenue_and_is_flagged(rows: Any, collected: Any) -> None:
    # ended day 0, renewed day 14, the month's end on day 7: the published example of a late renewal inside the grace
    lines = [
        line("old", "A", 1_200_00, "2025-01-24", "2026-01-24"),
        line("new", "A", 1_200_00, "2026-02-07", "2027-02-07", predecessor_id="old"),
    ]
    found = by(collected(marts(rows, MRR_ACCOUNT, AS_OF, subscription=lines)["mrr_account"]), "month", "account_id")
    assert (found["2026-01", "A"]["closing_minor"], found["2026-01", "A"]["is_late_renewal"]) == (100_00, True)
    assert (found["2026-02", "A"]["closing_minor"], found["2026-02", "A"]["is_late_renewal"]) == (100_00, False)


def test_beyond_the_grace_the_churn_is_dated_back(rows: Any, collected: Any) -> None:
    lines = [line("old", "A", 1_200_00, "2025-01-24", "2026-01-24")]
    inside = balances(rows, collected, "2026-02-22", subscription=lines)
    assert inside["2026-01", "A"] == (100_00, 100_00)
    beyond = balances(rows, collected, "2026-02-23", subscription=lines)
    assert beyond["2026-01", "A"] == (100_00, 0)


def test_revenue_belongs_to_the_account_of_the_time(rows: Any, collected: Any) -> None:
    accounts = [account("A", merged_into_id="B", merged_date=day("2026-02-01"), ultimate="B"), account("B")]
    lines = [
        final("a", "B", 1_200_00, "2025-11-01", "2026-11-01", original_account_id="A"),
        final("b", "B", 600_00, "2025-12-01", "2026-12-01"),
    ]
    assert balances(rows, collected, account=accounts, subscription=lines) == {
        ("2025-11", "A"): (0, 100_00),
        ("2025-12", "A"): (100_00, 100_00),
        ("2026-01", "A"): (100_00, 100_00),
        ("2026-02", "A"): (100_00, 0),
        ("2025-12", "B"): (0, 50_00),
        ("2026-01", "B"): (50_00, 50_00),
        ("2026-02", "B"): (50_00, 150_00),
    }


def test_a_closed_month_shows_its_frozen_closing(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 1_200_00, "2025-11-01", "2026-11-01"),
        final("c", "C", 1_200_00, "2025-12-01", "2026-12-01"),
    ]
    frozen = [
        {"finalised_id": "2025-12:A", "month": day("2025-12-01"), "account_id": "A", "closing_minor": 90_00},
        {"finalised_id": "2025-12:D", "month": day("2025-12-01"), "account_id": "D", "closing_minor": 7_00},
    ]
    found = balances(rows, collected, subscription=lines, finalised_mrr=frozen)
    assert found == {
        ("2025-11", "A"): (0, 100_00),
        ("2025-12", "A"): (100_00, 90_00),
        ("2026-01", "A"): (90_00, 100_00),
        ("2026-02", "A"): (100_00, 100_00),
        # C was not known when December was closed; D has no line any more
        ("2025-12", "C"): (0, 0),
        ("2026-01", "C"): (0, 100_00),
        ("2026-02", "C"): (100_00, 100_00),
        ("2025-12", "D"): (0, 7_00),
        ("2026-01", "D"): (7_00, 0),
    }


def test_revenue_older_than_the_calendar_opens_its_first_month(rows: Any, collected: Any) -> None:
    lines = [final("a", "A", 1_200_00, "2025-06-01", "2026-06-01")]
    found = balances(rows, collected, subscription=lines, work_calendar=calendar("2026-01", "2026-06"))
    assert found == {("2026-01", "A"): (100_00, 100_00), ("2026-02", "A"): (100_00, 100_00)}


def test_the_segment_is_unknown_without_one(rows: Any, collected: Any) -> None:
    lines = [final(key, key, 100_00, "2026-01-01", "2026-02-01") for key in ("A", "B", "C")]
    accounts = [account("A", "large"), account("B", None)]
    found = collected(marts(rows, MRR_ACCOUNT, AS_OF, account=accounts, subscription=lines)["mrr_account"])
    assert {row["account_id"]: row["segment"] for row in found} == {"A": "large", "B": "unknown", "C": "unknown"}


def test_no_rows(rows: Any, collected: Any) -> None:
    assert balances(rows, collected) == {}
