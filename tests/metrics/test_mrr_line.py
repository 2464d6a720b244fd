"""The MRR of a line and how long it counts."""

from typing import Any

import pytest

from tasks.metrics.mrr_line import MRR_LINE
from tests.metrics.revenue_book import account, by, day, final, line, marts

AS_OF = "2026-11-20"


@pytest.mark.parametrize(
    ("amount", "start", "end", "mrr"),
    [
        (2_000_00, "2025-01-01", "2026-01-01", 166_67),  # ChartMogul's lifecycle example: $2,000 a year is 166.67
        (60_00, "2025-01-01", "2025-02-01", 60_00),  # 60 a month, whatever the length of the month
        (60_00, "2025-02-01", "2025-03-01", 60_00),
        (60_00, "2025-01-31", "2025-02-28", 60_00),  # the 31st plus a month is the month's last day
        (60_00, "2024-01-31", "2024-02-29", 60_00),
        (1_200_00, "2024-02-29", "2025-02-28", 100_00),  # a leap day plus a year
        (1_400_00, "2025-01-15", "2026-03-15", 100_00),  # fourteen months
        (25, "2025-01-01", "2025-11-01", 2),  # 2.5: a tie goes to the even neighbour
        (35, "2025-01-01", "2025-11-01", 4),  # 3.5
        (-25, "2025-01-01", "2025-11-01", -2),  # a discount line
        (1_200_00, "2025-01-01", "2025-12-31", 100_00),  # 364 days: 11.96 months are a year
        (1_200_00, "2025-01-01", "2026-01-02", 100_00),  # 366 days likewise
        (300_00, "2025-01-10", "2025-04-11", 100_00),  # 91 days: 2.99 months are a quarter
        (2_400_00, "2024-03-01", "2026-03-02", 100_00),  # 731 days: two years
        (1_461_00, "2025-01-01", "2025-02-18", 926_44),  # 48 days: 146,100 / (48 / 365.25 * 12) = 92,644.14
    ],
)
def test_mrr_of_a_term(rows: Any, collected: Any, amount: int, start: str, end: str, mrr: int) -> None:
    frames = marts(rows, MRR_LINE, AS_OF, subscription=[line("s", "A", amount, start, end)])
    [row] = collected(frames["mrr_line"])
    assert row["mrr_in_minor_units"] == mrr


def until(rows: Any, collected: Any, as_of: str, *subscriptions: dict[str, Any]) -> dict[str, str]:
    frames = marts(rows, MRR_LINE, as_of, subscription=list(subscriptions))
    return {row["subscription_id"]: row["counted_until_date"].isoformat() for row in collected(frames["mrr_line"])}


OLD = ("old", "A", 1200_00, "2025-01-01", "2026-01-01")


@pytest.mark.parametrize(
    ("as_of", "counted"),
    [
        ("2025-12-31", "2026-01-01"),  # not ended yet
        ("2026-01-01", "2026-01-31"),  # undecided: carried for 30 days
        ("2026-01-30", "2026-01-31"),
        ("2026-01-31", "2026-01-01"),  # not renewed in time: the churn is dated at the end
    ],
)
def test_an_undecided_end_is_carried_while_the_grace_runs(rows: Any, collected: Any, as_of: str, counted: str) -> None:
    assert until(rows, collected, as_of, line(*OLD)) == {"old": counted}


@pytest.mark.parametrize(
    "decision",
    [
        {"cancel_notice_date": day("2026-01-05")},
        {"is_renewal_lost": True},
        {"end_date": day("2025-12-15")},
    ],
)
def test_a_decided_end_is_never_carried(rows: Any, collected: Any, decision: dict[str, Any]) -> None:
    given = line(*OLD, **decision)
    assert until(rows, collected, "2026-01-10", given) == {"old": given["end_date"].isoformat()}


def test_a_notice_given_after_the_day_is_not_known_yet(rows: Any, collected: Any) -> None:
    given = line(*OLD, cancel_notice_date=day("2026-01-12"))
    assert until(rows, collected, "2026-01-10", given) == {"old": "2026-01-31"}


@pytest.mark.parametrize(
    ("start", "counted"),
    [
        ("2026-01-01", "2026-01-01"),  # no gap
        ("2026-01-15", "2026-01-15"),  # late, inside the grace: carried to the renewal
        ("2026-01-31", "2026-01-31"),  # on its last day
        ("2026-02-01", "2026-01-01"),  # too late: churned at the end, and back later
    ],
)
@pytest.mark.parametrize("link", [{"predecessor_id": "old"}, {"product": "old"}])
def test_a_late_renewal_is_carried_to_its_start(
    rows: Any, collected: Any, start: str, counted: str, link: dict[str, Any]
) -> None:
    renewal = line("new", "A", 1200_00, start, "2027-02-01", **link)
    assert until(rows, collected, AS_OF, line(*OLD), renewal)["old"] == counted


def test_another_product_or_account_is_no_renewal(rows: Any, collected: Any) -> None:
    other = line("other", "A", 1200_00, "2026-01-15", "2027-01-15")
    elsewhere = line("elsewhere", "B", 1200_00, "2026-01-15", "2027-01-15", product="old")
    assert until(rows, collected, AS_OF, line(*OLD), other, elsewhere)["old"] == "2026-01-01"


def test_a_line_without_a_day_or_a_value_has_no_row(rows: Any, collected: Any) -> None:
    nothing = line("nothing", "A", 0, "2025-01-01", "2026-01-01")
    backwards = line("backwards", "A", 100_00, "2025-01-01", "2024-12-01")
    stillborn = line("stillborn", "A", 100_00, "2025-01-01", "2026-01-01", end_date=day("2025-01-01"))
    assert until(rows, collected, AS_OF, nothing, backwards, stillborn) == {}


def test_a_merge_hands_a_line_over_on_its_day(rows: Any, collected: Any) -> None:
    accounts = [
        account("A", merged_into_id="B", merged_date=day("2025-06-10"), ultimate="B"),
        account("B", ultimate="P"),
    ]
    lines = [
        final("a", "B", 120_00, "2025-01-01", "2026-01-01", original_account_id="A"),
        final("b", "B", 1, "2025-01-01", "2025-02-01"),
    ]
    found = by(
        collected(marts(rows, MRR_LINE, AS_OF, account=accounts, subscription=lines)["mrr_line"]), "subscription_id"
    )
    assert (found["a",]["first_account_id"], found["a",]["account_id"], found["a",]["ultimate_id"]) == ("A", "B", "P")
    assert found["a",]["handover_date"] == day("2025-06-10")
    assert found["b",]["handover_date"] is None


def test_no_rows(rows: Any, collected: Any) -> None:
    assert collected(marts(rows, MRR_LINE, AS_OF)["mrr_line"]) == []
