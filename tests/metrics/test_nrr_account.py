"""What each account of a year ago is worth now."""

from typing import Any

from tasks.metrics.nrr_account import NRR_ACCOUNT
from tests.metrics.revenue_book import account, by, day, final, marts, rates

AS_OF = "2026-01-31"
NAMES = ("base_minor", "end_minor", "retained_minor", "end_excl_winback_minor")


def cohort(rows: Any, collected: Any, **core: Any) -> dict[str, tuple[int, ...]]:
    """The window from the end of January 2025 to the end of January 2026."""
    found = by(collected(marts(rows, NRR_ACCOUNT, AS_OF, **core)["nrr_account"]), "month", "account_id")
    return {key[1]: tuple(row[name] for name in NAMES) for key, row in found.items() if key[0] == "2026-01"}


def test_only_accounts_of_a_year_ago(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 1_200_00, "2025-01-31", "2026-01-31"),  # starts on the window's first day: counts
        final("b", "A", 1_500_00, "2026-01-31", "2027-01-31"),
        final("late", "N", 1_200_00, "2025-02-01", "2026-02-01"),  # a day too late for the cohort
        final("gone", "C", 1_300_00, "2024-12-31", "2026-01-31"),  # thirteen months; ends on the last day: lost
    ]
    assert cohort(rows, collected, subscription=lines) == {
        "A": (100_00, 125_00, 100_00, 125_00),
        "C": (100_00, 0, 0, 0),
    }


def test_lapsed_and_back_inside_the_window(rows: Any, collected: Any) -> None:
    # Published case (dbt's customer 10): A 80 lapses in month 1 and is back at 50 in month 5, B stays at 70
    lines = [
        final("a", "A", 960_00, "2024-03-01", "2025-03-01"),
        final("a2", "A", 600_00, "2025-07-01", "2026-07-01"),
        final("b", "B", 1_680_00, "2024-06-01", "2026-06-01"),
    ]
    assert cohort(rows, collected, subscription=lines) == {
        "A": (80_00, 50_00, 50_00, 0),
        "B": (70_00, 70_00, 70_00, 70_00),
    }


def test_a_lapse_of_one_day_is_a_win_back_and_one_before_the_window_is_not(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 100_00, "2025-01-15", "2025-02-15"),
        final("a2", "A", 1_200_00, "2025-02-16", "2026-02-16"),
        final("b", "B", 100_00, "2024-12-29", "2025-01-29"),
        final("b2", "B", 1_200_00, "2025-01-31", "2026-01-31"),
        final("b3", "B", 1_200_00, "2026-01-31", "2027-01-31"),
    ]
    assert cohort(rows, collected, subscription=lines) == {
        "A": (100_00, 100_00, 100_00, 0),
        "B": (100_00, 100_00, 100_00, 100_00),
    }


def test_both_ends_at_the_rates_of_the_windows_end(rows: Any, collected: Any) -> None:
    # EUR 1,000 flat, EURUSD from 1.10 to 1.00: nothing is lost
    lines = [final("a", "EU", 24_000_00, "2024-06-01", "2026-06-01", currency="EUR")]
    found = cohort(
        rows, collected, subscription=lines, fx_rate=rates("EUR", {"2025-01": 110_000_000, "2026-01": 100_000_000})
    )
    assert found == {"EU": (1_000_00, 1_000_00, 1_000_00, 1_000_00)}


def test_a_merger_is_restated(rows: Any, collected: Any) -> None:
    # A (100) merged into B (50) on the day A ended; B is at 140 afterwards
    accounts = [account("A", merged_into_id="B", merged_date=day("2025-06-01"), ultimate="B"), account("B")]
    lines = [
        final("a", "B", 1_200_00, "2024-06-01", "2025-06-01", original_account_id="A"),
        final("b", "B", 1_200_00, "2024-06-01", "2026-06-01"),
        final("c", "B", 1_080_00, "2025-06-01", "2026-06-01"),
    ]
    assert cohort(rows, collected, account=accounts, subscription=lines) == {"B": (150_00, 140_00, 140_00, 140_00)}


def test_children_count_as_their_parent(rows: Any, collected: Any) -> None:
    accounts = [account("P", "large"), account("K", "large", "P")]
    lines = [final("p", "P", 100_00, "2025-01-10", "2025-02-10"), final("k", "K", 1_200_00, "2025-02-10", "2026-02-10")]
    assert cohort(rows, collected, account=accounts, subscription=lines) == {"P": (100_00, 100_00, 100_00, 100_00)}


def test_no_rows(rows: Any, collected: Any) -> None:
    assert cohort(rows, collected) == {}
