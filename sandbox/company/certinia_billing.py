"""The company's invoices as Certinia's billing events: an item for each split, milestone and change that is billed."""

from collections import defaultdict
from typing import Any

from sandbox.company.certinia_stage import Org
from sandbox.company.certinia_time import Timecard
from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import month_of
from sandbox.company.facts import Facts
from sandbox.company.planted import kantata


def add_billing(org: Org, facts: Facts, timecards: list[Timecard]) -> None:
    """Plant every invoice as a billing event with its items."""
    splits = {
        f"kantata:{hour.key}": (sheet.splits[month_of(hour.day)], hour)
        for sheet in timecards
        for hour in sheet.hours.values()
        if sheet.splits
    }
    for key, versions in kantata(org.world, "invoices"):
        event = org.id("pse__Billing_Event__c", key)
        for version in versions:
            record = version.record
            shown = {
                "pse__Invoice_Number__c": None if record["draft"] else f"INV-{key}",
                "pse__Invoice_Date__c": record["invoice_date"],
                "pse__Is_Released__c": not record["draft"],
                "pse__Status__c": "Cancelled" if record["status"] == "cancelled" else "Approved",
                "CurrencyIsoCode": record["currency"],
            }
            org.show("pse__Billing_Event__c", event, version.visible_at, version.updated_at, shown)
        bill = next(state for _, state in facts.invoices[f"kantata:{key}"] if state)
        born, (project,) = versions[0], versions[0].record["workspace_ids"]
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for entry, amount in bill.entries.items():
            split, hour = splits[entry]
            sums[split][0] += amount
            sums[split][1] += hour.versions[0].record["time_in_minutes"]
        items: list[dict[str, Any]] = [
            {"pse__Category__c": "Timecard", "pse__Timecard_Split__c": split, "amount": amount, "hours": minutes / 60}
            for split, (amount, minutes) in sums.items()
        ]
        items += [
            {"pse__Category__c": "Milestone", "pse__Milestone__c": org.known(name), "amount": amount}
            for name, amount in bill.milestones.items()
        ]
        items += [
            {"pse__Category__c": "Budget", "pse__Budget__c": org.known(name), "amount": amount}
            for name, amount in bill.changes.items()
        ]
        for item in items:
            fields = {
                "pse__Billing_Event__c": event,
                "pse__Project__c": org.known(f"kantata:{project}"),
                "pse__Date__c": born.record["invoice_date"],
                "pse__Amount__c": item.pop("amount") / BASE_UNIT[born.record["currency"]],
                "pse__Quantity__c": round(item.pop("hours", 1), 6),
                "CurrencyIsoCode": born.record["currency"],
                "pse__Timecard_Split__c": None,
                "pse__Milestone__c": None,
                "pse__Budget__c": None,
                **item,
            }
            own = org.id("pse__Billing_Event_Item__c")
            org.show("pse__Billing_Event_Item__c", own, born.visible_at, born.updated_at, fields)
