"""Exact money of the ledger: whole minor units, ties to even."""

import csv
from datetime import date
from decimal import Decimal
from functools import cache

from sandbox.company.days import CALENDARS, month_of

EXPONENT = {"USD": 2, "EUR": 2, "GBP": 2, "JPY": 0}
BASE_UNIT = {currency: 10**digits for currency, digits in EXPONENT.items()}
SCALE = 10**8


def half_even(numerator: int, denominator: int) -> int:
    """The quotient in whole units, ties to even; the denominator is positive."""
    down, rest = divmod(numerator, denominator)
    return down + (2 * rest > denominator or (2 * rest == denominator and down % 2 == 1))


@cache
def _tables() -> dict[tuple[date, str], int]:
    with (CALENDARS / "fx_rates.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    tables = {}
    for row in rows:
        exact = Decimal(row["rate"]) * SCALE * 100 / BASE_UNIT[row["currency"]]
        assert exact == int(exact)
        tables[date.fromisoformat(row["month"]), row["currency"]] = int(exact)
    return tables


def reporting(amount: int, currency: str, day: date) -> int:
    """Reporting minor units of an amount, at the table of the day's month."""
    return half_even(amount * _tables()[month_of(day), currency], SCALE)


def worth(seconds: int, rate: int) -> int:
    """Minor units of a time at an hourly rate."""
    return half_even(seconds * rate, 3600)
