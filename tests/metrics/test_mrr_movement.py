"""What moved MRR: one class per change, by day, in the account that held it."""

from typing import Any

from tasks.metrics.mrr_movement import MRR_MOVEMENT
from tests.metrics.revenue_book import account, by, calendar, day, final, line, marts, rates

AS_OF = "2026-11-20"


def movements(rows: Any, collected: Any, as_of: str = AS_OF, **core: Any) -> dict[Any, int]:
    found = by(collected(marts(rows, MRR_MOVEMENT, as_of, **core)["mrr_movement"]), "month", "account_id", "movement")
    return {key: row["amount_minor"] for key, row in found.items()}


def test_the_life_of_a_subscriber(rows: Any, collected: Any) -> None:
    # ChartMogul's lifecycle: 4 Gold at $500 a year, 2 Silver at $30 a month, cancelled, Gold ends, 3 Gold at $50
    lines = [
        final("gold", "A", 2_000_00, "2025-01-01", "2026-01-01"),
        final("silver", "A", 60_00, "2025-03-10", "2025-04-10"),
        final("again", "A", 150_00, "2026-05-05", "2026-06-05"),
    ]
    found = movements(rows, collected, "2026-05-31", subscription=lines)
    assert found == {
        ("2025-01", "A", "new"): 166_67,
        ("2025-03", "A", "expansion"): 60_00,
        ("2025-04", "A", "contraction"): -60_00,
        ("2026-01", "A", "churn"): -166_67,
        ("2026-05", "A", "reactivation"): 150_00,
    }


def test_changes_are_found_by_day_not_by_month(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 1_000_00, "2025-04-05", "2026-02-05"),  # 100 a month until 5 February
        final("b", "A", 800_00, "2026-02-20", "2026-12-20"),  # 80 a month from the 20th
    ]
    found = movements(rows, collected, subscription=lines)
    assert {key: amount for key, amount in found.items() if key[0] == "2026-02"} == {
        ("2026-02", "A", "churn"): -100_00,
        ("2026-02", "A", "reactivation"): 80_00,
    }


def test_changes_of_one_day_are_one_change(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 1_200_00, "2025-01-01", "2026-01-01"),
        final("b", "A", 900_00, "2026-01-01", "2027-01-01"),
        final("c", "A", 600_00, "2026-01-01", "2027-01-01"),
    ]
    assert movements(rows, collected, subscription=lines) == {
        ("2025-01", "A", "new"): 100_00,
        ("2026-01", "A", "expansion"): 25_00,
    }


def test_a_renewal_at_the_same_price_moves_nothing(rows: Any, collected: Any) -> None:
    lines = [
        line("a", "A", 1_200_00, "2025-01-01", "2026-01-01"),
        line("b", "A", 1_200_00, "2026-01-01", "2027-01-01", predecessor_id="a"),
    ]
    assert movements(rows, collected, subscription=lines) == {("2025-01", "A", "new"): 100_00}


def test_a_ramp_expands_at_each_step(rows: Any, collected: Any) -> None:
    lines = [
        line(f"{year}", "A", amount, f"{year}-03-01", f"{year + 1}-03-01")
        for year, amount in ((2024, 1_200_00), (2025, 1_440_00), (2026, 1_728_00))
    ]
    assert movements(rows, collected, subscription=lines) == {
        ("2024-03", "A", "new"): 100_00,
        ("2025-03", "A", "expansion"): 20_00,
        ("2026-03", "A", "expansion"): 24_00,
    }


def test_a_currency_moves_fx_and_nothing_else(rows: Any, collected: Any) -> None:
    # flat EUR 1,000; EURUSD from 1.10 to 1.00
    lines = [final("a", "A", 12_000_00, "2026-01-01", "2027-01-01", currency="EUR")]
    found = movements(
        rows,
        collected,
        "2026-03-31",
        subscription=lines,
        fx_rate=rates(
            "EUR",
            {
                "2026-01": 110_000_000,
                "2026-02": 110_000_000,
                "2026-03": 100_000_000,
            },
        ),
    )
    assert found == {("2026-01", "A", "new"): 1_100_00, ("2026-03", "A", "fx"): -100_00}


def test_a_merge_hands_over_and_is_never_churn_or_new(rows: Any, collected: Any) -> None:
    accounts = [account("A", merged_into_id="B", merged_date=day("2026-02-10"), ultimate="B"), account("B")]
    lines = [
        final("a", "B", 1_200_00, "2025-11-01", "2026-11-01", original_account_id="A"),
        final("b", "B", 600_00, "2026-05-01", "2027-05-01"),
    ]
    found = movements(rows, collected, "2026-05-31", account=accounts, subscription=lines)
    assert found == {
        ("2025-11", "A", "new"): 100_00,
        ("2026-02", "A", "merge_transfer"): -100_00,
        ("2026-02", "B", "merge_transfer"): 100_00,
        ("2026-05", "B", "expansion"): 50_00,
    }


def test_a_line_that_ends_on_the_merge_is_handed_over_first(rows: Any, collected: Any) -> None:
    # A (100) merged into B (50) on the day A's line ended, renewed at 90 by B: a contraction, not a churn
    accounts = [account("A", merged_into_id="B", merged_date=day("2026-02-01"), ultimate="B"), account("B")]
    lines = [
        final("a", "B", 1_200_00, "2025-02-01", "2026-02-01", original_account_id="A"),
        final("b", "B", 1_200_00, "2025-02-01", "2027-02-01"),
        final("c", "B", 1_080_00, "2026-02-01", "2027-02-01"),
    ]
    found = movements(rows, collected, "2026-05-31", account=accounts, subscription=lines)
    assert {key: amount for key, amount in found.items() if key[0] == "2026-02"} == {
        ("2026-02", "A", "merge_transfer"): -100_00,
        ("2026-02", "B", "merge_transfer"): 100_00,
        ("2026-02", "B", "contraction"): -10_00,
    }


def test_the_winner_was_seen_when_the_loser_was(rows: Any, collected: Any) -> None:
    accounts = [
        account("A", merged_into_id="B", merged_date=day("2026-02-10"), ultimate="B"),
        account("B"),
        account("C", merged_into_id="D", merged_date=day("2026-02-10"), ultimate="D"),
        account("D"),
    ]
    lines = [
        final("a", "B", 100_00, "2025-01-01", "2025-02-01", original_account_id="A"),  # over before the merge
        final("b", "B", 100_00, "2026-05-01", "2026-12-01", end_date=day("2026-12-01")),
        final("d", "D", 100_00, "2026-01-10", "2026-02-10"),  # D was new before its merge
        final("e", "D", 100_00, "2025-01-01", "2025-02-01", original_account_id="C"),
    ]
    found = movements(rows, collected, "2026-06-30", account=accounts, subscription=lines)
    assert found["2026-05", "B", "reactivation"] == 14_29  # 100 over seven months
    assert found["2026-01", "D", "new"] == 100_00


def test_a_transfer_in_another_currency_nets_to_zero(rows: Any, collected: Any) -> None:
    # At 1.5 each side alone would round: 1 -> 2, 1 + 1 -> 3
    accounts = [account("A", merged_into_id="B", merged_date=day("2026-02-10"), ultimate="B"), account("B")]
    lines = [
        final("a", "B", 12, "2025-11-01", "2026-11-01", original_account_id="A", currency="EUR"),
        final("b", "B", 12, "2025-11-01", "2026-11-01", currency="EUR"),
    ]
    found = movements(
        rows,
        collected,
        "2026-02-28",
        account=accounts,
        subscription=lines,
        fx_rate=rates(
            "EUR",
            {
                "2025-11": 150_000_000,
                "2026-02": 150_000_000,
            },
        ),
    )
    february = {key[1:]: amount for key, amount in found.items() if key[0] == "2026-02"}
    assert february == {("A", "merge_transfer"): -2, ("B", "merge_transfer"): 2, ("B", "fx"): -1}


def frozen(month: str, key: str, amount: int) -> dict[str, Any]:
    return {"finalised_id": f"{month}:{key}", "month": day(f"{month}-01"), "account_id": key, "closing_minor": amount}


def test_what_becomes_known_about_a_closed_month_moves_the_next_open_one(rows: Any, collected: Any) -> None:
    # January was closed while the renewal was undecided; by 23 February it was lost, and dated at its end.
    lines = [line("a", "A", 1_200_00, "2025-01-24", "2026-01-24")]
    closings = [frozen(month, "A", 100_00) for month in ("2025-12", "2026-01")]
    found = movements(rows, collected, "2026-02-28", subscription=lines, finalised_mrr=closings)
    assert found == {("2025-01", "A", "new"): 100_00, ("2026-02", "A", "prior_period_adjustment"): -100_00}


def test_a_closed_month_that_differs_shows_its_frozen_change(rows: Any, collected: Any) -> None:
    # The lines now say 100 from December on; the closings said 60, then 80, and nothing of C, which is known only now.
    lines = [
        final("a", "A", 1_200_00, "2025-12-05", "2026-12-05"),
        final("c", "C", 1_200_00, "2026-01-05", "2027-01-05"),
    ]
    closings = [frozen("2025-12", "A", 60_00), frozen("2026-01", "A", 80_00)]
    found = movements(rows, collected, "2026-02-28", subscription=lines, finalised_mrr=closings)
    assert found == {
        ("2025-12", "A", "new"): 60_00,
        ("2026-01", "A", "expansion"): 20_00,
        ("2026-02", "A", "prior_period_adjustment"): 20_00,
        ("2026-02", "C", "prior_period_adjustment"): 100_00,
    }


def test_a_closed_month_as_it_was_closed_keeps_its_movements(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 100_00, "2026-01-01", "2026-02-01", end_date=day("2026-01-10")),
        final("b", "A", 240_00, "2026-01-20", "2026-04-20"),
    ]
    expected = {
        ("2026-01", "A", "new"): 100_00,
        ("2026-01", "A", "churn"): -100_00,
        ("2026-01", "A", "reactivation"): 80_00,
    }
    closings = [frozen("2026-01", "A", 80_00)]
    assert movements(rows, collected, "2026-02-28", subscription=lines, finalised_mrr=closings) == expected


def test_changes_before_the_calendar_are_no_movement(rows: Any, collected: Any) -> None:
    lines = [
        final("a", "A", 1_200_00, "2025-02-01", "2026-02-01"),
        final("b", "A", 1_200_00, "2026-02-05", "2027-02-05"),
    ]
    found = movements(rows, collected, "2026-02-28", subscription=lines, work_calendar=calendar("2026-01", "2026-06"))
    assert found == {("2026-02", "A", "churn"): -100_00, ("2026-02", "A", "reactivation"): 100_00}


def test_no_rows(rows: Any, collected: Any) -> None:
    assert movements(rows, collected) == {}
