"""HubSpot's search endpoint: filters, order, an offset that ends at the cap."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from starlette.responses import Response

from sandbox.hubspot_refusals import invalid
from sandbox.portal import Portal, Record
from sandbox.refusals import encoded

CAP = 10_000
BODY_BYTES = 3_000
MOST = 200
COMPARED: Mapping[str, Callable[[Any, Any, Any], bool]] = {
    "EQ": lambda value, low, high: value == low,
    "NEQ": lambda value, low, high: value != low,
    "LT": lambda value, low, high: value < low,
    "LTE": lambda value, low, high: value <= low,
    "GT": lambda value, low, high: value > low,
    "GTE": lambda value, low, high: value >= low,
    "BETWEEN": lambda value, low, high: low <= value <= high,
}


class Unsearchable(Exception):
    """A search that HubSpot would refuse: the answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def search(portal: Portal, kind: str, body: bytes, asked: Mapping[str, Any]) -> Response:
    """The page of a search."""
    cap_fault = portal.faults.lasting("search_cap")
    cap = cap_fault.over if cap_fault else CAP
    after, limit = str(asked.get("after", "0")), int(asked.get("limit", 10))
    if len(body) > BODY_BYTES:
        return invalid(f"The request body is larger than {BODY_BYTES} characters")
    if not after.isdigit() or not 1 <= limit <= MOST:
        return invalid("after must be a number and limit between 1 and 200")
    if int(after) + limit > cap:
        return invalid(f"after plus limit must not be over {cap}")
    groups = asked.get("filterGroups") or []
    if len(groups) > 5 or any(len(group["filters"]) > 6 for group in groups):
        return invalid("Too many filters")
    try:
        found = _ordered(portal, kind, _matching(portal, kind, groups), asked.get("sorts") or [])
    except Unsearchable as refused:
        return refused.answer
    return _page(portal, kind, found, int(after), limit, cap, asked.get("properties") or ())


def _page(
    portal: Portal, kind: str, found: list[Record], start: int, limit: int, cap: int, names: Sequence[str]
) -> Response:
    path = f"{kind}/search?after={start}"
    shown = found[start : start + limit]
    if start and portal.faults.due(("duplicate_rows",), "hubspot", path):
        shown = [found[start - 1], *shown]
    total = min(len(found), cap) if portal.faults.lasting("capped_total") else len(found)
    body: dict[str, Any] = {
        "total": total,
        "results": [portal.with_properties(kind, record, names) for record in shown],
    }
    if start + limit < len(found):
        body["paging"] = {"next": {"after": str(start + limit), "link": "https://api.hubapi.com/crm"}}
    # Records that were shown leave the span between this page and the next one.
    if "paging" in body and (fault := portal.faults.due(("moving_rows",), "hubspot", path)):
        portal.move(kind, [record["id"] for record in shown[: fault.rows]])
    return encoded(body)


def _matching(portal: Portal, kind: str, groups: Sequence[Mapping[str, Any]]) -> list[Record]:
    """The records that pass every filter of any group."""
    types = portal.properties(kind)
    tests = [[_test(types, one) for one in group["filters"]] for group in groups]
    known = portal.indexed(kind)
    if not tests:
        return known
    return [record for record in known if any(all(test(record) for test in group) for group in tests)]


def _test(types: Mapping[str, str], asked: Mapping[str, Any]) -> Callable[[Record], bool]:
    name, operator = asked.get("propertyName", ""), asked.get("operator", "")
    if name not in types:
        raise Unsearchable(invalid("There was a problem with the request: unknown property", propertyName=[name]))
    if operator not in COMPARED:
        raise Unsearchable(invalid(f"operator {operator} is not supported"))
    low, high = (_value(types[name], asked.get(bound)) for bound in ("value", "highValue"))
    compare = COMPARED[operator]

    def test(record: Record) -> bool:
        value = _value(types[name], record["properties"].get(name))
        return value is not None and compare(value, low, high)

    return test


def _value(type_: str, text: Any) -> Any:
    """A property's value or a filter's, comparable; instants in whole milliseconds, given as such or as ISO 8601."""
    if text in (None, ""):
        return None
    if type_ in ("datetime", "date"):
        if str(text).isdigit():
            return int(text)
        moment = datetime.fromisoformat(str(text))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    return Decimal(str(text)) if type_ == "number" else str(text).lower()


def _ordered(portal: Portal, kind: str, found: list[Record], sorts: Sequence[Any]) -> list[Record]:
    if portal.faults.lasting("unordered_search"):
        return sorted(found, key=lambda record: crc32(record["id"].encode()))
    types = portal.properties(kind)
    for sort in reversed(sorts):
        name = sort["propertyName"]
        found = sorted(
            found,
            key=lambda record: (
                record["properties"].get(name) is None,
                _value(types[name], record["properties"][name]),
            ),
            reverse=sort.get("direction") == "DESCENDING",
        )
    return found
