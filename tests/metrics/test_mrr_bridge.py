"""The bridge of MRR by month and segment."""

from typing import Any

import pytest

from tasks.metrics.mrr_bridge import MRR_BRIDGE
from tests.metrics.revenue_book import account, by, final, marts


def bridge(rows: Any, collected: Any, as_of: str, **core: Any) -> dict[Any, dict[str, Any]]:
    return by(collected(marts(rows, MRR_BRIDGE, as_of, **core)["mrr_bridge"]), "month", "segment")


def test_churn_rates(rows: Any, collected: Any) -> None:
    # ChartMogul's rate examples: start 100, churn 10, contraction 10, expansion 10: gross 0.2, net 0.1
    lines = [
        final("leaves", "A", 120_00, "2025-02-01", "2026-02-01"),
        final("stays", "B", 1_440_00, "2025-02-01", "2027-02-01"),
        final("ends", "B", 120_00, "2025-02-01", "2026-02-01"),
        final("grows", "C", 480_00, "2025-02-01", "2027-02-01"),
        final("more", "C", 120_00, "2026-02-01", "2027-02-01"),
    ]  # opening: 10 + 60 + 10 + 20 = 100
    found = bridge(rows, collected, "2026-02-28", subscription=lines)["2026-02", "all"]
    assert (found["opening_minor"], found["churn_minor"], found["contraction_minor"], found["expansion_minor"]) == (
        100_00,
        -10_00,
        -10_00,
        10_00,
    )
    assert (found["gross_churn_minor"], found["net_churn_minor"]) == (20_00, 10_00)
    assert found["gross_churn_ratio"] == pytest.approx(0.2)
    assert found["net_churn_ratio"] == pytest.approx(0.1)


def test_a_month_that_opens_with_nothing_has_no_rate(rows: Any, collected: Any) -> None:
    found = bridge(rows, collected, "2026-01-31", subscription=[final("a", "A", 120_00, "2026-01-05", "2027-01-05")])
    row = found["2026-01", "all"]
    assert (row["opening_minor"], row["new_minor"], row["closing_minor"]) == (0, 10_00, 10_00)
    assert (row["gross_churn_ratio"], row["net_churn_ratio"]) == (None, None)


def test_segments_add_up_to_all(rows: Any, collected: Any) -> None:
    accounts = [account("A", "large"), account("B", "small"), account("C", None)]
    lines = [final(key, key, 120_00 * n, "2026-01-05", "2027-01-05") for n, key in enumerate("ABC", start=1)]
    found = bridge(rows, collected, "2026-01-31", account=accounts, subscription=lines)
    assert {key[1]: row["new_minor"] for key, row in found.items()} == {
        "all": 60_00,
        "large": 10_00,
        "small": 20_00,
        "unknown": 30_00,
    }


def test_no_rows(rows: Any, collected: Any) -> None:
    assert bridge(rows, collected, "2026-01-31") == {}
