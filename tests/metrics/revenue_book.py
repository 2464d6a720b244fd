"""Rows for the revenue tests: short ways to write lines, accounts and months, and the marts computed from them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import narwhals as nw

from tasks.metrics.metric import Metric
from tests.metrics.steps import computed

Row = dict[str, Any]


def day(text: str) -> date:
    return date.fromisoformat(text)


def calendar(first: str = "2024-01", last: str = "2026-12") -> list[Row]:
    """One day a month is enough for the months' spine."""
    (year, month), (last_year, last_month) = (map(int, text.split("-")) for text in (first, last))
    span = (last_year - year) * 12 + last_month - month + 1
    return [{"day": date(year + (month - 1 + n) // 12, (month - 1 + n) % 12 + 1, 1)} for n in range(span)]


def line(key: str, account: str, amount: int, start: str, end: str, **more: Any) -> Row:
    """A subscription of `amount` minor units over [start, end), served to the end of its term unless told otherwise."""
    return {
        "subscription_id": key,
        "account_id": account,
        "original_account_id": account,
        "product": key,
        "amount_minor": amount,
        "currency": "USD",
        "start_date": day(start),
        "term_end_date": day(end),
        "end_date": day(end),
        "is_renewal_lost": False,
    } | more


def final(key: str, account: str, amount: int, start: str, end: str, **more: Any) -> Row:
    """A line whose end is decided, so that no grace applies."""
    return line(key, account, amount, start, end, is_renewal_lost=True, **more)


def account(key: str, segment: str | None = "mid", ultimate: str = "", **more: Any) -> Row:
    return {"account_id": key, "segment": segment, "ultimate_id": ultimate or key} | more


def rates(currency: str = "USD", months: Mapping[str, int] | None = None) -> list[Row]:
    """Rate tables in 10^-8; the same rate of 1 in every month of the calendar by default."""
    given = months or {row["day"].isoformat()[:7]: 10**8 for row in calendar()}
    return [
        {"fx_rate_id": f"{month}:{currency}", "month": day(f"{month}-01"), "currency": currency, "minor_rate_e8": rate}
        for month, rate in given.items()
    ]


def marts(rows: Any, wanted: Metric, as_of: str, **core: list[Row]) -> dict[str, nw.LazyFrame]:
    """The core rows given (calendar and USD rates by default), the mart wanted and those it is made from."""
    return computed(rows(**({"work_calendar": calendar(), "fx_rate": rates()} | core)), wanted, day(as_of))


def by(rows: list[Row], *keys: str) -> dict[Any, Row]:
    """Rows by their key values; months as 2026-01. A repeated key is an error."""

    def value(row: Row, key: str) -> Any:
        return row[key].isoformat()[:7] if isinstance(row[key], date) else row[key]

    found = {tuple(value(row, key) for key in keys): row for row in rows}
    assert len(found) == len(rows), "the grain is not unique"
    return found
