"""Customers and deals, as Salesforce shows them."""

from datetime import date, datetime
from typing import Any

from sandbox.company.coins import BASE_UNIT
from sandbox.company.customer_facts import Account
from sandbox.company.days import at, workday
from sandbox.company.handoff_facts import Deal
from sandbox.company.handoffs import hand_over
from sandbox.company.stage import Stage, core, salesforce, salesforce_id

FIRST = (
    "Amber",
    "Birch",
    "Cedar",
    "Delta",
    "Ember",
    "Fjord",
    "Garnet",
    "Harbour",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Lumen",
    "Meridian",
    "North",
    "Onyx",
    "Prairie",
    "Quartz",
    "River",
    "Summit",
    "Tundra",
)
SECOND = (
    "Analytics",
    "Brewing",
    "Cargo",
    "Dynamics",
    "Energy",
    "Foods",
    "Glass",
    "Health",
    "Instruments",
    "Logistics",
    "Materials",
    "Networks",
    "Optics",
    "Paper",
    "Robotics",
    "Systems",
    "Textiles",
    "Utilities",
    "Works",
)
SEGMENTS = ("digital", "mixed", "mixed", "high_touch", "digital", "high_touch", "enterprise")
CURRENCIES = {3: "EUR", 6: "GBP", 9: "JPY"}


def add_account(
    stage: Stage, born: date, *, parent: str | None = None, currency: str | None = None, has_segment: bool = True
) -> str:
    """Plant a customer; gives its Salesforce id."""
    n = stage.number("account names")
    key = salesforce_id(stage, "Account")
    segment = SEGMENTS[n % len(SEGMENTS)] if has_segment else None
    fields = {
        "Name": f"{FIRST[n % 20]} {SECOND[(n // 20 + n) % 19]} {n // 380 + 1}".removesuffix(" 1"),
        "ParentId": parent,
        "MasterRecordId": None,
        "Segment__c": segment,
        "CurrencyIsoCode": currency or CURRENCIES.get(n % 10, "USD"),
    }
    when = at(workday(born), 9, n % 60)
    salesforce(stage, "Account", key, when, fields)
    stage.facts.accounts[core("salesforce", key)] = [
        (when, Account(core("salesforce", parent) if parent else None, segment or "unknown"))
    ]
    return key


def record(stage: Stage, kind: str, key: str) -> dict[str, Any]:
    """The newest state of a Salesforce record, without its stamps."""
    stamps = ("Id", "IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp")
    latest = stage.world.records["salesforce", kind][key][-1].record
    return {name: value for name, value in latest.items() if name not in stamps}


def currency_of(stage: Stage, account: str) -> str:
    """The account's currency."""
    return str(record(stage, "Account", account)["CurrencyIsoCode"])


def change(
    stage: Stage,
    kind: str,
    key: str,
    when: datetime,
    fields: dict[str, Any],
    *,
    is_deleted: bool = False,
    updated: datetime | None = None,
) -> None:
    """Write the next version of a Salesforce record with some fields changed."""
    created = datetime.fromisoformat(stage.world.records["salesforce", kind][key][0].record["CreatedDate"])
    salesforce(
        stage,
        kind,
        key,
        when,
        record(stage, kind, key) | fields,
        created=created,
        updated=updated,
        is_deleted=is_deleted,
    )


def add_deal(
    stage: Stage,
    account: str,
    kind: str,
    closed: date,
    amount: int,
    *,
    is_won: bool = True,
    is_closed: bool = True,
    renewed_contract: str | None = None,
    when: datetime | None = None,
) -> str:
    """Plant a deal, known from `when` (its close by default); a lost renewal is remembered by its contract."""
    n = stage.number("deal")
    key = salesforce_id(stage, "Opportunity")
    currency = currency_of(stage, account)
    when = when or at(closed, 14, n % 60)
    salesforce(
        stage,
        "Opportunity",
        key,
        when,
        {
            "AccountId": account,
            "Name": f"Deal {n + 1}",
            "Type": kind,
            "StageName": ("Closed Won" if is_won else "Closed Lost") if is_closed else "Negotiation",
            "IsClosed": is_closed,
            "IsWon": is_won and is_closed,
            "CloseDate": closed.isoformat(),
            "Amount": amount / BASE_UNIT[currency],
            "CurrencyIsoCode": currency,
            "SBQQ__RenewedContract__c": renewed_contract,
        },
    )
    if kind == "New Business" and is_closed and is_won:
        hand_over(stage, key, Deal(core("salesforce", account), closed, amount, currency), when)
    if renewed_contract and is_closed and not is_won:
        stage.facts.lost[renewed_contract] = when
    return key
