"""What must hold of the revenue marts whatever the lines."""

from collections import defaultdict
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.metrics.mrr_bridge import COLUMNS, MRR_BRIDGE
from tasks.metrics.mrr_movement import MOVEMENTS
from tasks.metrics.nrr_monthly import AMOUNTS, NRR_MONTHLY
from tests.metrics.revenue_book import Row, account, calendar, final, line, marts, rates

AS_OF = "2026-03-31"
MERGED = date(2025, 9, 17)
ACCOUNTS = [
    account("A", "large"),
    account("B", "small"),
    account("C", None),
    account("K", "large", "A"),
    account("L", "small", "B", merged_into_id="B", merged_date=MERGED),  # the loser of a merge into B
]
MONTHS = [row["day"] for row in calendar("2024-06", "2026-03")]
EUR = {month.isoformat()[:7]: 90_000_000 + 1_234_567 * n for n, month in enumerate(MONTHS)}


@st.composite
def books(draw: st.DrawFn) -> list[Row]:
    """Lines of whole months, some moved by the merge, some open at their end, in two currencies."""
    rows = []
    for n in range(draw(st.integers(1, 12))):
        start = draw(st.dates(date(2024, 6, 1), date(2026, 3, 28))).replace(day=draw(st.integers(1, 28)))
        months = draw(st.sampled_from((1, 3, 12, 14)))
        index = start.year * 12 + start.month - 1 + months
        holder = draw(st.sampled_from("ABCKL"))
        make = draw(st.sampled_from((final, line)))
        rows.append(
            make(
                f"s{n}",
                "B" if holder == "L" else holder,
                draw(st.integers(1, 5_000)) * months,
                start.isoformat(),
                start.replace(year=index // 12, month=index % 12 + 1).isoformat(),
                original_account_id=holder,
                currency=draw(st.sampled_from(("USD", "EUR"))),
                product=draw(st.sampled_from("xy")),
            )
        )
    return rows


@st.composite
def closings(draw: st.DrawFn) -> list[Row]:
    """None, or two closed months frozen at anything."""
    amounts = draw(
        st.lists(st.tuples(st.sampled_from((19, 20)), st.sampled_from("ABC"), st.integers(1, 9_000)), max_size=4)
    )
    by_key = {(month, key): amount for month, key, amount in amounts}
    return [
        {"finalised_id": f"{month}:{key}", "month": MONTHS[month], "account_id": key, "closing_minor": amount}
        for (month, key), amount in by_key.items()
    ]


@given(book=books(), frozen=closings())
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_bridge_closes_for_every_account_and_in_all(
    rows: Any, collected: Any, book: list[Row], frozen: list[Row]
) -> None:
    frames = marts(
        rows,
        MRR_BRIDGE,
        AS_OF,
        account=ACCOUNTS,
        subscription=book,
        finalised_mrr=frozen,
        fx_rate=[*rates(), *rates("EUR", EUR)],
        work_calendar=calendar("2024-06", "2026-06"),
    )
    balances, movements, bridge = (collected(frames[name]) for name in ("mrr_account", "mrr_movement", "mrr_bridge"))
    moved: dict[Any, int] = defaultdict(int)
    transferred: dict[Any, int] = defaultdict(int)
    for row in movements:
        assert row["movement"] in MOVEMENTS
        assert row["amount_minor"] != 0
        moved[row["month"], row["account_id"]] += row["amount_minor"]
        transferred[row["month"]] += row["amount_minor"] if row["movement"] == "merge_transfer" else 0
    before: dict[Any, int] = {}
    for row in sorted(balances, key=lambda row: row["month"]):
        assert row["opening_minor"] + moved.pop((row["month"], row["account_id"]), 0) == row["closing_minor"]
        assert row["opening_minor"] == before.get(row["account_id"], 0)
        before[row["account_id"]] = row["closing_minor"]
    assert not moved
    assert not any(transferred.values())
    for row in bridge:
        mine = [one for one in balances if one["month"] == row["month"] and row["segment"] in ("all", one["segment"])]
        assert row["opening_minor"] == sum(one["opening_minor"] for one in mine)
        assert row["closing_minor"] == sum(one["closing_minor"] for one in mine)
        assert row["opening_minor"] + sum(row[name] for name in COLUMNS) == row["closing_minor"]
        assert row["merge_transfer_minor"] == 0


@given(book=books())
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_accounts_make_the_retention(rows: Any, collected: Any, book: list[Row]) -> None:
    frames = marts(
        rows,
        NRR_MONTHLY,
        AS_OF,
        account=ACCOUNTS,
        subscription=book,
        fx_rate=[*rates(), *rates("EUR", EUR)],
        work_calendar=calendar("2024-06", "2026-06"),
    )
    accounts, monthly = collected(frames["nrr_account"]), collected(frames["nrr_monthly"])
    for row in monthly:
        mine = [one for one in accounts if one["month"] == row["month"] and row["segment"] in ("all", one["segment"])]
        assert row["cohort_count"] == len(mine)
        for name in AMOUNTS:
            assert row[name] == sum(one[name] for one in mine)
        if mine:
            assert row["grr_pct"] <= min(100, row["nrr_pct"])
            assert row["nrr_excl_winback_pct"] <= row["nrr_pct"]


@given(book=books())
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_closings_are_the_lines_in_force_on_the_last_day(rows: Any, collected: Any, book: list[Row]) -> None:
    for row in book:
        row["currency"], row["is_renewal_lost"] = "USD", True
    frames = marts(
        rows, MRR_BRIDGE, AS_OF, account=ACCOUNTS, subscription=book, work_calendar=calendar("2024-06", "2026-06")
    )
    found = {(row["month"], row["account_id"]): row["closing_minor"] for row in collected(frames["mrr_account"])}
    for month, following in zip(MONTHS, [*MONTHS[1:], date(2026, 4, 1)], strict=True):
        expected: dict[str, int] = defaultdict(int)
        for row in book:
            start, end = row["start_date"], row["end_date"]
            if start < following <= end:
                moved = (end.year - start.year) * 12 + end.month - start.month
                holder = row["account_id"] if following > MERGED else row["original_account_id"]
                expected[holder] += row["amount_minor"] // moved
        for holder in "ABCKL":
            assert found.get((month, holder), 0) == expected[holder]
