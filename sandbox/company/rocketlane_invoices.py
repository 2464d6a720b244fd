"""The pretend company's invoices as Rocketlane would hold them: lines by project, without the time they bill."""

from collections.abc import Mapping
from typing import Any

from sandbox.company.coins import BASE_UNIT
from sandbox.company.facts import Facts
from sandbox.company.work_facts import Invoice
from sandbox.world import Version, World

FIRST_LINE = 90_000_001


def add_invoices(world: World, facts: Facts) -> None:
    """Plant every invoice with one line for its time and one for each of its fees."""
    number = FIRST_LINE
    for key, versions in world.records["kantata", "invoices"].items():
        bill = next(state for _, state in facts.invoices[f"kantata:{key}"] if state)
        born = versions[0]
        lines = lines_of(world, bill, born.record)
        for place, line in enumerate(lines):
            record = {"invoiceLineItemId": number + place, "invoiceId": int(key), **line}
            world.add("rocketlane", "lines", str(number + place), Version(born.visible_at, born.updated_at, record))
        number += len(lines)
        for version in versions:
            world.add(
                "rocketlane",
                "invoices",
                key,
                Version(version.visible_at, version.updated_at, invoice(int(key), version, born)),
            )


def invoice(key: int, version: Version, born: Version) -> dict[str, Any]:
    """An invoice as shown."""
    record, base = version.record, BASE_UNIT[version.record["currency"]]
    status = {"cancelled": "VOID", "accepted payment": "PAID"}.get(record["status"], "SENT")
    return {
        "invoiceId": key,
        "invoiceNumber": f"INV-{key}",
        "dateOfIssue": record["invoice_date"],
        "currency": record["currency"],
        "status": "DRAFT" if record["draft"] else status,
        "amountOutstanding": record["balance_in_cents"] / base,
        "projects": [{"projectId": int(project)} for project in record["workspace_ids"]],
        "createdAt": int(born.updated_at.timestamp() * 1000),
        "updatedAt": int(version.updated_at.timestamp() * 1000),
    }


def lines_of(world: World, bill: Invoice, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines: time by the hour after discounts, anything else by the piece."""
    base, (project,) = BASE_UNIT[record["currency"]], record["workspace_ids"]
    entries = world.records["kantata", "time_entries"]
    minutes = sum(entries[key.partition(":")[2]][0].record["time_in_minutes"] for key in bill.entries)
    priced = [("Professional services", round(minutes / 60, 6), sum(bill.entries.values()))] if bill.entries else []
    priced += [("On acceptance", 1, amount) for amount in bill.milestones.values()]
    priced += [("Change", 1, amount) for amount in bill.changes.values()]
    return [
        {
            "description": description,
            "quantity": quantity,
            "unitPrice": round(amount / base / quantity, 6),
            "amount": amount / base,
            "sourceType": "PROJECT",
            "sourceId": int(project),
        }
        for description, quantity, amount in priced
    ]
