"""The one rounding: whole units, ties to even, alike on every engine."""

from datetime import date

import narwhals as nw

from tasks.metrics.money import divide_half_even, in_reporting, rounded, worth
from tests.metrics.leakage_book import FX, entry

DAY = date(2026, 3, 15)


def numbers(rows, *pairs):
    """A frame of two integer columns, `a` and `b`."""
    made = [entry(str(n), DAY, 0, seconds=a, bill_rate_minor=b) for n, (a, b) in enumerate(pairs)]
    frame = rows(time_entry=made)["time_entry"]
    return frame.select("entry_id", nw.col("seconds").alias("a"), nw.col("bill_rate_minor").alias("b"))


def test_ties_go_to_even_on_either_side_of_zero(rows, collected):
    """Quarters: 0.25 to 0, 0.5 to 0, 0.75 to 1, 1.5 to 2, 2.5 to 2, 3.5 to 4; negative numbers mirror them."""
    expected = {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 3, 13: 3, 14: 4, 18: 4, 22: 6}
    both = expected | {-a: -quotient for a, quotient in expected.items()}
    frame = numbers(rows, *((a, 4) for a in both))
    by_column = collected(divide_half_even(frame, "quotient", "a", "b"))
    by_number = collected(divide_half_even(frame, "quotient", "a", 4))
    assert by_column == by_number
    assert {row["a"]: row["quotient"] for row in by_column} == both
    assert set(by_column[0]) == {"entry_id", "a", "b", "quotient"}


def test_an_odd_divisor_has_no_ties(rows, collected):
    found = collected(divide_half_even(numbers(rows, *((a, 3) for a in range(-5, 6))), "quotient", "a", "b"))
    assert {row["a"]: row["quotient"] for row in found} == {
        -5: -2, -4: -1, -3: -1, -2: -1, -1: 0, 0: 0, 1: 0, 2: 1, 3: 1, 4: 1, 5: 2,
    }  # fmt: skip


def test_large_numbers_are_exact(rows, collected):
    """Beyond the 53 bits of a float: 9,000,000,000,000,000,001 / 2 is ...000.5, half to even ...000."""
    large = 9 * 10**18
    frame = numbers(rows, (large + 1, 2), (large + 3, 2), (large, 10**8))
    found = collected(divide_half_even(frame, "quotient", "a", "b"))
    assert {row["a"]: row["quotient"] for row in found} == {
        large + 1: large // 2,
        large + 3: large // 2 + 2,
        large: 90_000_000_000,
    }


def test_nothing_divided_is_nothing(rows, collected):
    found = collected(divide_half_even(numbers(rows, (5, None), (6, 2)), "quotient", "a", "b"))
    assert {row["a"]: row["quotient"] for row in found} == {5: None, 6: 3}


def test_several_columns_at_once_replace_those_of_their_name(rows, collected):
    frame = numbers(rows, (7, 2))
    (found,) = collected(rounded(frame, a=(nw.col("a"), nw.col("b")), half=(nw.col("a") + 2, 2)))
    assert (found["a"], found["b"], found["half"]) == (4, 2, 4)  # 3.5 and 4.5


def test_an_hour_is_valued_half_even(rows, collected):
    """1,800 seconds at 0.01 and 0.03 an hour are 0.5 and 1.5 cents, 5,400 seconds 1.5 and 4.5."""
    frame = numbers(rows, (1800, 1), (1800, 3), (5400, 1), (5400, 3), (1801, 1), (1801, 3), (3599, 1), (3599, 3))
    found = collected(rounded(frame, worth=worth("a", "b")))
    assert {(row["a"], row["b"]): row["worth"] for row in found} == {
        (1800, 1): 0,
        (1800, 3): 2,
        (5400, 1): 2,
        (5400, 3): 4,
        (1801, 1): 1,
        (1801, 3): 2,
        (3599, 1): 1,
        (3599, 3): 3,
    }


def test_an_amount_is_converted_at_the_table_of_its_month(rows, collected):
    """March: a euro is worth 1.13 dollars, 50 cents 56.5, half to even 56; no table, no amount."""
    made = [entry(currency, DAY, 0, bill_rate_minor=50, currency=currency) for currency in ("EUR", "USD", "GBP")]
    frames = rows(time_entry=made, fx_rate=FX)
    found = collected(
        in_reporting(frames["time_entry"], frames["fx_rate"], "dollars", "bill_rate_minor", "currency", "work_date")
    )
    assert {row["entry_id"]: row["dollars"] for row in found} == {"EUR": 56, "USD": 50, "GBP": None}
    assert set(found[0]) == {*frames["time_entry"].collect_schema().names(), "dollars"}
