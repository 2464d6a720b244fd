"""Parts of Kantata records that are rows of their own: the items of an invoice, the stories of a baseline."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from tasks.errors import ContractError
from tasks.sources.vendor import Record

Included = Mapping[str, Mapping[str, Record]]

ITEM_TYPES: Final = ("time_entry", "billing_milestone", "fixed_fee_item", "additional_item")


def invoice_items(invoice: Record, included: Included) -> dict[str, Record]:
    """One row per id that the invoice lists; a time entry's share has no amount of its own."""
    rows: dict[str, Record] = {}
    for kind in ITEM_TYPES:
        known = included.get(_plural(kind), {})
        for item_id in invoice.get(f"{kind}_ids") or ():
            item = known.get(str(item_id), {})
            key = f"{invoice['id']}:{kind}:{item_id}"
            rows[key] = {
                "id": key,
                "invoice_id": invoice["id"],
                "item_type": kind,
                "item_id": str(item_id),
                "story_id": item.get("story_id") if kind == "fixed_fee_item" else None,
                "amount_in_cents": None if kind == "time_entry" else item.get("amount_in_cents"),
                "updated_at": invoice.get("updated_at"),
            }
    return rows


def baseline_stories(baseline: Record, included: Included) -> dict[str, Record]:
    """One row per story of the baseline's payloads, which are JSON texts inside the JSON.

    Raises:
        ContractError: a payload is missing or cannot be read.
    """
    rows: dict[str, Record] = {}
    for payload_id in baseline.get("baseline_payload_ids") or ():
        payload = included.get("baseline_payloads", {}).get(str(payload_id), {})
        for story in _stories(baseline, payload.get("raw_data")):
            key = f"{baseline['id']}:{story['story_id']}"
            rows[key] = {
                **story,
                "id": key,
                "baseline_id": baseline["id"],
                "updated_at": baseline.get("updated_at"),
            }
    return rows


PARTS: Final[Mapping[str, Callable[[Record, Included], dict[str, Record]]]] = {
    "invoices": invoice_items,
    "workspace_baselines": baseline_stories,
}


def _stories(baseline: Record, raw: Any) -> list[dict[str, Any]]:
    try:
        stories = orjson.loads(raw)["stories"]
        return [{**story, "story_id": str(story["story_id"])} for story in stories]
    except (ValueError, LookupError, TypeError):
        raise ContractError(
            f"The payload of Kantata baseline {baseline['id']} is missing or unreadable: create the baseline again, "
            "or report it to Kantata."
        ) from None


def _plural(kind: str) -> str:
    return "time_entries" if kind == "time_entry" else f"{kind}s"
