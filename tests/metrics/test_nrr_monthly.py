"""Retention of the cohort, from the edge cases worked out for the definition (derived, not independent)."""

from typing import Any

import pytest

from tasks.metrics.nrr_monthly import NRR_MONTHLY
from tests.metrics.revenue_book import account, by, calendar, final, marts

CASES = (
    # name, MRR at the start, MRR at the end, NRR, GRR, logos kept of the cohort
    ("cap per account, not on the total", {"A": 100, "B": 100}, {"A": 150, "B": 60}, 1.05, 0.8, (2, 2)),
    ("upgrade then churn", {"A": 100, "B": 100}, {"A": 0, "B": 100}, 0.5, 0.5, (1, 2)),
    ("churn, alone", {"A": 100}, {"A": 0}, 0.0, 0.0, (0, 1)),
    ("new in the period", {"A": 100}, {"A": 100, "N": 50}, 1.0, 1.0, (1, 1)),
    ("multi-year ramp", {"A": 100}, {"A": 120}, 1.2, 1.0, (1, 1)),
    ("zero base", {"A": 0}, {"A": 50}, None, None, (0, 0)),
    # pulserevops q97: 10,000,000 less 600,000 contraction and 900,000 churn, plus 1,800,000 expansion
    ("pulserevops", {"A": 1_000, "B": 900, "C": 8_100}, {"A": 400, "B": 0, "C": 9_900}, 1.03, 0.85, (2, 3)),
    # Predict-Churn: 50 of 500 customers lost, here one of ten
    ("logo churn", dict.fromkeys("ABCDEFGHIJ", 1), dict.fromkeys("ABCDEFGHI", 1), 0.9, 0.9, (9, 10)),
)


def month_end(rows: Any, collected: Any, month: str, **core: Any) -> dict[str, Any]:
    core.setdefault("work_calendar", calendar("2025-01", "2026-01"))
    found = by(collected(marts(rows, NRR_MONTHLY, "2026-01-31", **core)["nrr_monthly"]), "month", "segment")
    return {key[1]: row for key, row in found.items() if key[0] == month}


@pytest.mark.parametrize(
    ("start", "end", "nrr", "grr", "logos"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_edge_cases(
    rows: Any,
    collected: Any,
    start: dict[str, int],
    end: dict[str, int],
    nrr: float | None,
    grr: float | None,
    logos: tuple[int, int],
) -> None:
    lines = [final(f"{key}1", key, amount * 1200, "2024-07-01", "2025-07-01") for key, amount in start.items()]
    lines += [final(f"{key}2", key, amount * 1200, "2025-07-01", "2026-07-01") for key, amount in end.items()]
    row = month_end(rows, collected, "2026-01", subscription=lines)["all"]
    assert row["base_minor"] == sum(start.values()) * 100
    assert row["nrr_pct"] == (None if nrr is None else pytest.approx(100 * nrr))
    assert row["grr_pct"] == (None if grr is None else pytest.approx(100 * grr))
    assert (row["retained_count"], row["cohort_count"]) == logos
    assert row["logo_retention_pct"] == (None if nrr is None else pytest.approx(100 * logos[0] / logos[1]))


def test_what_happens_inside_the_window_does_not_count(rows: Any, collected: Any) -> None:
    lines = [
        final("dip", "A", 1_200_00, "2025-01-01", "2026-01-01", end_date=calendar()[16]["day"]),  # 100, 60, 100
        final("low", "A", 720_00, "2025-05-01", "2026-05-01", end_date=calendar()[19]["day"]),
        final("up", "A", 1_200_00, "2025-08-01", "2026-08-01"),
        final("visit", "N", 600_00, "2025-03-01", "2026-03-01", end_date=calendar()[20]["day"]),  # joined and left
    ]
    row = month_end(rows, collected, "2026-01", subscription=lines)["all"]
    assert (row["nrr_pct"], row["grr_pct"], row["nrr_excl_winback_pct"]) == (100.0, 100.0, 100.0)


def test_churned_before_and_back_inside_is_not_in_the_cohort(rows: Any, collected: Any) -> None:
    lines = [
        final("b", "B", 2_400_00, "2024-06-01", "2026-06-01"),
        final("r", "R", 480_00, "2024-01-01", "2025-01-01"),
        final("r2", "R", 480_00, "2025-06-01", "2026-06-01"),
    ]
    row = month_end(rows, collected, "2026-01", subscription=lines)["all"]
    assert (row["nrr_pct"], row["cohort_count"]) == (100.0, 1)


def test_a_win_back_counts_as_lost_in_its_own_ratio(rows: Any, collected: Any) -> None:
    # A 80 lapsed and came back at 50, B 70 stayed: 0.80, and 0.4667 when the lapse counts as lost
    lines = [
        final("a", "A", 960_00, "2024-03-01", "2025-03-01"),
        final("a2", "A", 600_00, "2025-07-01", "2026-07-01"),
        final("b", "B", 1_680_00, "2024-06-01", "2026-06-01"),
    ]
    row = month_end(rows, collected, "2026-01", subscription=lines)["all"]
    assert row["nrr_pct"] == pytest.approx(80.0)
    assert row["grr_pct"] == pytest.approx(80.0)
    assert row["nrr_excl_winback_pct"] == pytest.approx(100 * 70 / 150)


def test_segments_add_up_to_all(rows: Any, collected: Any) -> None:
    accounts = [account("A", "large"), account("B", None)]
    lines = [final(key, key, 2_400_00, "2024-06-01", "2026-06-01") for key in ("A", "B")]
    found = month_end(rows, collected, "2026-01", account=accounts, subscription=lines)
    assert {segment: (row["base_minor"], row["cohort_count"]) for segment, row in found.items()} == {
        "all": (200_00, 2),
        "large": (100_00, 1),
        "unknown": (100_00, 1),
    }


def test_the_first_year_has_rows_without_a_ratio(rows: Any, collected: Any) -> None:
    row = month_end(rows, collected, "2025-12", subscription=[final("a", "A", 2_400_00, "2025-01-01", "2027-01-01")])[
        "all"
    ]
    assert (row["base_minor"], row["nrr_pct"], row["logo_retention_pct"]) == (0, None, None)


def test_no_rows(rows: Any, collected: Any) -> None:
    assert month_end(rows, collected, "2026-01") == {}
