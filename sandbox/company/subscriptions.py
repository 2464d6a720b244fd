"""Recurring lines: planted, renewed, given notice of, terminated; prices are minor units a month."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sandbox.company.accounts import add_deal, change, currency_of
from sandbox.company.coins import BASE_UNIT
from sandbox.company.customer_facts import Line
from sandbox.company.days import BIRTH, TODAY, add_months, add_workdays, at
from sandbox.company.stage import Stage, core, salesforce, salesforce_id

LINE = "SBQQ__Subscription__c"


def add_line(
    stage: Stage,
    account: str,
    product: str,
    start: date,
    end: date,
    amount: int,
    *,
    predecessor: str | None = None,
    contract: str | None = None,
    when: datetime | None = None,
    updated: datetime | None = None,
    quantity: int = 1,
    net_price: float | None = None,
    kind: str = "New Business",
) -> str:
    """Plant a line over [start, end), known 15 working days before its start or from `when`; gives its id."""
    key = salesforce_id(stage, LINE)
    contract = contract or salesforce_id(stage, "Contract")
    currency = currency_of(stage, account)
    when = when or max(at(add_workdays(start, -15), 11, stage.number("minute") % 60), at(BIRTH, 8))
    salesforce(
        stage,
        LINE,
        key,
        when,
        {
            "SBQQ__Account__c": account,
            "SBQQ__Contract__c": contract,
            "SBQQ__ProductName__c": product,
            "SBQQ__NetPrice__c": net_price if net_price is not None else amount / BASE_UNIT[currency] / quantity,
            "SBQQ__Quantity__c": float(quantity),
            "CurrencyIsoCode": currency,
            "SBQQ__StartDate__c": start.isoformat(),
            "SBQQ__EndDate__c": (end - timedelta(days=1)).isoformat(),
            "SBQQ__TerminatedDate__c": None,
            "Cancel_Notice_Date__c": None,
            "Renewed_From__c": predecessor,
        },
        updated=updated,
        created=updated,
    )
    line = Line(
        core("salesforce", account),
        product,
        contract,
        amount,
        currency,
        start,
        end,
        end,
        core("salesforce", predecessor) if predecessor else None,
    )
    stage.facts.lines[core("salesforce", key)] = [(when, line)]
    if updated is None and when.date() <= TODAY:
        old = None if predecessor is None else newest(stage, predecessor).contract
        add_deal(stage, account, kind, when.date(), amount, renewed_contract=old, when=when)
    return key


def newest(stage: Stage, key: str) -> Line:
    """The newest state of a line."""
    return next(state for _, state in reversed(stage.facts.lines[core("salesforce", key)]) if state is not None)


def give_notice(stage: Stage, key: str, day: date) -> None:
    """The customer gives notice: the line ends with its term."""
    change(stage, LINE, key, at(day, 13), {"Cancel_Notice_Date__c": day.isoformat()})
    stage.facts.lines[core("salesforce", key)].append((at(day, 13), replace(newest(stage, key), notice=day)))


def terminate(stage: Stage, key: str, first_day_without: date, when: date) -> None:
    """The line ends within its term."""
    change(stage, LINE, key, at(when, 13, 30), {"SBQQ__TerminatedDate__c": first_day_without.isoformat()})
    stage.facts.lines[core("salesforce", key)].append(
        (at(when, 13, 30), replace(newest(stage, key), end=first_day_without))
    )


def chain(
    stage: Stage,
    account: str,
    product: str,
    start: date,
    price: Callable[[int], int],
    *,
    months: int = 12,
    until: date = TODAY,
    predecessor: str | None = None,
    lead: int = 15,
) -> list[str]:
    """Terms renewed without a gap, the n-th at `price(n)` a month; the last one starts before `until`."""
    keys: list[str] = []
    while start <= until and add_workdays(start, -lead) <= TODAY:
        end = add_months(start, months)
        keys.append(
            add_line(
                stage,
                account,
                product,
                start,
                end,
                price(len(keys)) * months,
                when=at(add_workdays(start, -lead), 11, 7),
                predecessor=keys[-1] if keys else predecessor,
                kind="Renewal" if keys or predecessor else "New Business",
            )
        )
        start = end
    return keys
