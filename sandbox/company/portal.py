"""The company's customers once more, as a HubSpot portal shows them: the same money, deals and merges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.company.coins import EXPONENT
from sandbox.company.days import BIRTH, add_months, at
from sandbox.company.subscriptions import LINE
from sandbox.portal import written
from sandbox.world import Version, World

FIRST_ID = {"companies": 8_100_000_001, "deals": 9_200_000_001, "line_items": 7_300_000_001}
STAGES = {"Closed Won": "closedwon", "Closed Lost": "closedlost", "Negotiation": "contractsent"}
DEAL_TO_COMPANY = ((5, "Primary"), (341, None))
LINE_ITEM_TO_DEAL = ((20, None),)
Record = Mapping[str, Any]


@dataclass
class Move:
    """From the Salesforce records of a world to the portal's, and the portal's id of each."""

    world: World
    ids: dict[str, str] = field(default_factory=dict)  # Salesforce id, or a contract's -> HubSpot id
    used: dict[str, int] = field(default_factory=dict)

    def history(self, kind: str) -> Iterator[tuple[str, list[Version]]]:
        """Every Salesforce record of an object with its versions."""
        yield from self.world.records["salesforce", kind].items()

    def number(self, kind: str) -> str:
        """The next id of a kind."""
        self.used[kind] = self.used.get(kind, FIRST_ID[kind] - 1) + 1
        return str(self.used[kind])

    def show(self, kind: str, key: str, version: Version, **properties: Any) -> None:
        """Write a version of a portal record."""
        record = {"id": key, "properties": properties}
        self.world.add("hubspot", kind, key, Version(version.visible_at, version.updated_at, record, version.deletion))

    def link(
        self, kind: str, key: str, to: str, other: str, types: tuple[tuple[int, str | None], ...], when: datetime
    ) -> None:
        """Associate two records."""
        named = [{"category": "HUBSPOT_DEFINED", "typeId": number, "label": label} for number, label in types]
        record = {"from_type": kind, "from": key, "to_type": to, "to": other, "types": named}
        self.world.add("hubspot", "associations", f"{kind}/{key}/{to}/{other}", Version(when, when, record))

    def unlink(self, kind: str, key: str, to: str, other: str, when: datetime) -> None:
        """Take the association back."""
        name = f"{kind}/{key}/{to}/{other}"
        last = self.world.records["hubspot", "associations"][name][-1]
        self.world.add("hubspot", "associations", name, Version(when, when, last.record, "hard"))


def plant_portal(world: World) -> dict[str, str]:
    """Add the portal to a planted world; gives the portal's id of each Salesforce account, deal and line.

    A deal is the contract of the line items on it. What Salesforce stamps on lines and deals of a merged account,
    HubSpot does not: it only hands the associations over.
    """
    move = Move(world)
    for kind, to in (("Account", "companies"), ("Opportunity", "deals"), (LINE, "line_items")):
        move.ids |= {key: move.number(to) for key, _ in move.history(kind)}
    _settle(move)
    _companies(move)
    _contracts(move)
    _deals(move)
    _line_items(move)
    return {key: number for key, number in move.ids.items() if not key.startswith("contract ")}


def _settle(move: Move) -> None:
    """The pipeline of deals, and an owner."""
    when = at(BIRTH, 7)
    labels = (("contractsent", "Negotiation", "0.9"), ("closedwon", "Closed Won", "1.0"), ("closedlost", "Lost", "0.0"))
    stages = [
        {"id": key, "label": label, "metadata": {"isClosed": str(key != "contractsent").lower(), "probability": share}}
        for key, label, share in labels
    ]
    pipeline = {"id": "default", "kind": "deals", "label": "Sales", "updatedAt": written(when), "stages": stages}
    move.world.add("hubspot", "pipelines", "deals/default", Version(when, when, pipeline))
    owner = {"id": "129", "userId": 876, "updatedAt": written(when)}
    move.world.add("hubspot", "owners", "129", Version(when, when, owner))


def _companies(move: Move) -> None:
    """Accounts; a merge's loser vanishes and the winner names it."""
    merged: dict[str, list[Version]] = {}
    for _, versions in move.history("Account"):
        for version in versions:
            if version.record["MasterRecordId"]:
                merged.setdefault(version.record["MasterRecordId"], []).append(version)
    for key, versions in move.history("Account"):
        taken: list[str] = []
        last = versions[0]
        for version in sorted([*versions, *merged.get(key, ())], key=lambda one: one.visible_at):
            if version.record["Id"] == key:
                last = version
            else:
                taken.append(move.ids[version.record["Id"]])
            record = last.record
            is_gone = bool(record["MasterRecordId"])
            shown = Version(version.visible_at, version.updated_at, {}, "hard" if is_gone else last.deletion)
            move.show(
                "companies",
                move.ids[key],
                shown,
                name=record["Name"],
                hs_parent_company_id=move.ids.get(record["ParentId"] or ""),
                hs_merged_object_ids=";".join(taken) or None,
                segment=record["Segment__c"],
                account_currency=record["CurrencyIsoCode"],
                createdate=_instant(record["CreatedDate"]),
            )


def _contracts(move: Move) -> None:
    """The deal of each contract: the won one planted with its first line, else one of its own."""
    waiting: dict[tuple[str, datetime, float], list[str]] = {}
    for key, versions in move.history("Opportunity"):
        record = versions[0].record
        if record["IsWon"]:
            waiting.setdefault((record["AccountId"], versions[0].visible_at, record["Amount"]), []).append(key)
    for _, versions in move.history(LINE):
        record, contract = versions[0].record, f"contract {versions[0].record['SBQQ__Contract__c']}"
        amount = float(_amount(record))
        found = waiting.get((record["SBQQ__Account__c"], versions[0].visible_at, amount), [])
        deal = move.ids[found.pop(0)] if found else ""
        if contract not in move.ids:
            move.ids[contract] = deal or _deal_of_its_own(move, versions[0], amount)


def _deal_of_its_own(move: Move, version: Version, amount: float) -> str:
    key, record = move.number("deals"), version.record
    won = _won(record["SBQQ__StartDate__c"], amount, record["CurrencyIsoCode"]) | {"dealtype": "existingbusiness"}
    move.show("deals", key, version, **won)
    company = move.ids[record["SBQQ__Account__c"]]
    move.link("deals", key, "companies", company, DEAL_TO_COMPANY, version.visible_at)
    return key


def _won(day: str, amount: float, currency: str) -> dict[str, Any]:
    return {
        "dealname": "Contract",
        "dealtype": "newbusiness",
        "dealstage": "closedwon",
        "hs_is_closed": "true",
        "hs_is_closed_won": "true",
        "closedate": f"{day}T12:00:00.000Z",
        "amount": str(amount),
        "deal_currency_code": currency,
    }


def _deals(move: Move) -> None:
    """Opportunities, and whose they are."""
    for key, versions in move.history("Opportunity"):
        deal, before, buyer = move.ids[key], None, ""
        for version in versions:
            record = version.record
            properties = {
                **_won(record["CloseDate"], record["Amount"], record["CurrencyIsoCode"]),
                "dealname": record["Name"],
                "dealtype": record["Type"].replace(" ", "").lower(),
                "dealstage": STAGES[record["StageName"]],
                "hs_is_closed": str(record["IsClosed"]).lower(),
                "hs_is_closed_won": str(record["IsWon"]).lower(),
                "renewed_deal_id": move.ids.get(f"contract {record['SBQQ__RenewedContract__c']}"),
                "createdate": _instant(record["CreatedDate"]),
            }
            company = move.ids[record["AccountId"]]
            if buyer != company:
                if buyer:
                    move.unlink("deals", deal, "companies", buyer, version.visible_at)
                move.link("deals", deal, "companies", company, DEAL_TO_COMPANY, version.visible_at)
            if properties != before or buyer == company:
                move.show("deals", deal, version, **properties)
            before, buyer = properties, company


def _line_items(move: Move) -> None:
    """Subscription lines; a change of account alone is none of theirs."""
    for key, versions in move.history(LINE):
        item, before, account = move.ids[key], None, ""
        deal = move.ids[f"contract {versions[0].record['SBQQ__Contract__c']}"]
        move.link("line_items", item, "deals", deal, LINE_ITEM_TO_DEAL, versions[0].visible_at)
        for version in versions:
            record = version.record
            properties = {
                "name": record["SBQQ__ProductName__c"],
                "recurringbillingfrequency": "monthly",
                "hs_recurring_billing_period": _term(record),
                "hs_recurring_billing_start_date": record["SBQQ__StartDate__c"],
                "hs_tcv": str(_amount(record)),
                "hs_line_item_currency_code": record["CurrencyIsoCode"],
                "terminated_date": record["SBQQ__TerminatedDate__c"],
                "cancel_notice_date": record["Cancel_Notice_Date__c"],
                "renewed_from_id": move.ids.get(record["Renewed_From__c"] or ""),
                "createdate": _instant(record["CreatedDate"]),
            }
            if properties != before or account == record["SBQQ__Account__c"]:
                move.show("line_items", item, version, **properties)
            before, account = properties, record["SBQQ__Account__c"]


def _amount(record: Record) -> Decimal:
    """The value of the whole term, in whole minor units."""
    exact = Decimal(str(record["SBQQ__NetPrice__c"])) * Decimal(str(record["SBQQ__Quantity__c"]))
    places = EXPONENT[record["CurrencyIsoCode"]]
    return exact.quantize(Decimal(1).scaleb(-6)).quantize(Decimal(1).scaleb(-places))


def _term(record: Record) -> str | None:
    """The term as HubSpot writes a period: in months where it has whole ones; none that ends before it starts."""
    start = date.fromisoformat(record["SBQQ__StartDate__c"])
    end = date.fromisoformat(record["SBQQ__EndDate__c"]) + timedelta(days=1)
    if end <= start:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    return f"P{months}M" if months and add_months(start, months) == end else f"P{(end - start).days}D"


def _instant(stamp: str) -> str:
    return written(datetime.fromisoformat(stamp))
