"""The stories of customers' revenue, one planting function each.

Lines of one story share a product only where one renews the other.
"""

from collections.abc import Callable
from datetime import date, timedelta

from sandbox.company.accounts import add_account, currency_of
from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import BIRTH, TODAY, add_months, add_workdays, at
from sandbox.company.stage import Stage, salesforce_id
from sandbox.company.subscriptions import add_line, chain, give_notice, terminate


def loyal(stage: Stage, account: str, start: date, price: int) -> None:
    """Renews every year at the same price."""
    chain(stage, account, "Platform", start, lambda n: price)


def price_rise(stage: Stage, account: str, start: date, price: int) -> None:
    """Pays 7 % more at each renewal."""
    chain(stage, account, "Platform", start, lambda n: price * 107**n // 100**n)


def downgrade(stage: Stage, account: str, start: date, price: int) -> None:
    """Pays a fifth less from the first renewal on."""
    chain(stage, account, "Platform", start, lambda n: price if n == 0 else price * 4 // 5)


def partial_cancel(stage: Stage, account: str, start: date, price: int) -> None:
    """Drops one of two products at the end of its first term."""
    chain(stage, account, "Platform", start, lambda n: price)
    [extra] = chain(stage, account, "Reporting", start, lambda n: price // 3, until=start)
    give_notice(stage, extra, add_workdays(add_months(start, 11), 0))


def churn(stage: Stage, account: str, start: date, price: int) -> None:
    """Leaves after one year, with notice."""
    [key] = chain(stage, account, "Platform", start, lambda n: price, until=start)
    give_notice(stage, key, add_workdays(add_months(start, 10), 0))


def win_back(stage: Stage, account: str, start: date, price: int) -> None:
    """Leaves after one year and comes back seven months later at a higher price."""
    churn(stage, account, start, price)
    chain(stage, account, "Platform II", add_months(start, 19), lambda n: price + 50_00)


def late_renewal(stage: Stage, account: str, start: date, price: int) -> None:
    """Signs its first renewal 12 days late, inside grace; the next without a gap."""
    [first] = chain(stage, account, "Platform", start, lambda n: price, until=start)
    back = add_months(start, 12) + timedelta(days=12)
    key = add_line(
        stage,
        account,
        "Platform",
        back,
        add_months(back, 12),
        price * 12,
        predecessor=first,
        when=at(add_workdays(back, -1), 15),
        kind="Renewal",
    )
    if add_months(back, 12) <= TODAY:
        chain(stage, account, "Platform", add_months(back, 12), lambda n: price, predecessor=key)


def add_on(stage: Stage, account: str, start: date, price: int) -> None:
    """Adds a co-termed product in its fifth month: a prorated amount over the remaining months."""
    chain(stage, account, "Platform", start, lambda n: price)
    added, end = add_months(start, 4), add_months(start, 12)
    key = add_line(stage, account, "Automation", added, end, (price // 4) * 8, quantity=4, kind="Expansion")
    chain(stage, account, "Automation", end, lambda n: price // 4, predecessor=key)


def upgrade(stage: Stage, account: str, start: date, price: int) -> None:
    """Amends in its seventh month: the old line stops, a dearer one runs to the same end."""
    [first] = chain(stage, account, "Platform", start, lambda n: price, until=start)
    turn, end = add_months(start, 6), add_months(start, 12)
    terminate(stage, first, turn, add_workdays(turn, -6))
    key = add_line(stage, account, "Platform", turn, end, (price * 3 // 2) * 6, kind="Expansion")
    chain(stage, account, "Platform", end, lambda n: price * 3 // 2, predecessor=key)


def ramp(stage: Stage, account: str, start: date, price: int) -> None:
    """Agreed three rising years at once."""
    contract = salesforce_id(stage, "Contract")
    signed = max(at(add_workdays(start, -15), 12), at(BIRTH, 8))
    for year, percent in enumerate((100, 120, 144)):
        first = add_months(start, 12 * year)
        add_line(
            stage,
            account,
            "Platform",
            first,
            add_months(first, 12),
            price * percent // 100 * 12,
            contract=contract,
            when=signed,
        )


def odd_terms(stage: Stage, account: str, start: date, price: int) -> None:
    """Signs for 14 months at a time, an amount that 14 does not divide."""
    end = add_months(start, 14)
    key = add_line(stage, account, "Platform", start, end, price * 14 + 5)
    chain(stage, account, "Platform", end, lambda n: price, months=14, predecessor=key)


def odd_days(stage: Stage, account: str, start: date, price: int) -> None:
    """Signs for 400 days (no whole number of months), then by the year."""
    end = start + timedelta(days=400)
    key = add_line(stage, account, "Platform", start, end, price * 13 + 1)
    end = end.replace(day=28) if end.day > 28 else end
    give_notice(stage, key, add_workdays(add_months(start, 11), 0))
    chain(stage, account, "Suite", add_months(end, 1), lambda n: price)


def almost_a_year(stage: Stage, account: str, start: date, price: int) -> None:
    """Has a term of one day less than a year, which counts as the year; renews on the day after its last."""
    start = start.replace(day=10)
    end = add_months(start, 12) - timedelta(days=1)
    key = add_line(stage, account, "Platform", start, end, price * 12)
    while end <= TODAY:
        start, end = end, end + (end - start)
        key = add_line(stage, account, "Platform", start, end, price * 12, predecessor=key, kind="Renewal")


def monthly(stage: Stage, account: str, start: date, price: int) -> None:
    """Pays by the month."""
    chain(stage, account, "Starter", start, lambda n: price + 10 * (n // 12), months=1, lead=3)


def swap_in_month(stage: Stage, account: str, start: date, price: int) -> None:
    """Leaves and is back with a smaller product ten days later: churn and reactivation, not contraction."""
    churn(stage, account, start, price)
    chain(stage, account, "Essentials", add_months(start, 12) + timedelta(days=10), lambda n: price * 4 // 5)


def fractions(stage: Stage, account: str, start: date, price: int) -> None:
    """Pays a unit price of half a cent: 3 x 33.335 is 100.005, half-even 100.00."""
    unit = BASE_UNIT[currency_of(stage, account)]
    if unit == 1:
        return loyal(stage, account, start, price)
    add_line(stage, account, "Sensor", start, add_months(start, 36), 100 * unit, quantity=3, net_price=33.335)
    return loyal(stage, account, start, price)


def subsidiary(stage: Stage, account: str, start: date, price: int) -> None:
    """Buys by itself and has a subsidiary that buys too, later left."""
    currency = currency_of(stage, account)
    price_rise(stage, account, start, price)
    if currency == "USD":
        child = add_account(stage, start, parent=account, currency="USD")
        churn(stage, child, add_months(start, 1), price // 2)


ARCS: tuple[Callable[[Stage, str, date, int], None], ...] = (
    loyal,
    price_rise,
    partial_cancel,
    churn,
    win_back,
    late_renewal,
    add_on,
    upgrade,
    ramp,
    odd_terms,
    monthly,
    loyal,
    downgrade,
    swap_in_month,
    odd_days,
    almost_a_year,
    subsidiary,
    fractions,
    loyal,
)
OPEN_ENDED = (loyal, price_rise, ramp, monthly, fractions)
