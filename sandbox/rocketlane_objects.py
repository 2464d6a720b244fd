"""What Rocketlane's lists are made of: ids, filters, orders, and the attributes that must be asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from sandbox.faults import Faults

Params = Mapping[str, str]
Record = Mapping[str, Any]
COMPARED = {"eq": eq, "gt": gt, "ge": ge, "lt": lt, "le": le}


@dataclass(frozen=True)
class Listed:
    """One list: its id, which attributes can be filtered or sorted by, and which come only on request."""

    id: str
    filters: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    on_request: tuple[str, ...] = ()
    needs: str = ""  # a parameter without which it refuses


STAMPS = ("createdAt", "updatedAt")
OBJECTS: Mapping[str, Listed] = {
    "projects": Listed(
        "projectId",
        STAMPS,
        ("projectName", "startDate", "dueDate", "startDateActual", "dueDateActual"),
        ("budgetedHours", "startDateActual", "dueDateActual", "projectFee", "trackedMinutes", "progressPercentage"),
    ),
    "tasks": Listed(
        "taskId",
        (*STAMPS, "projectId", "phaseId"),
        ("taskName", "startDate", "dueDate"),
        ("startDateActual", "dueDateActual", "type", "phase", "assignees", "billable", "priority", "parent"),
    ),
    "time-entries": Listed(
        "timeEntryId",
        (*STAMPS, "date", "billable", "projectId"),
        ("minutes", "date", "id", "billable"),
        ("notes", "sourceType", "deleted", "status", "submittedAt", "approvedAt", "rejectedAt", "costRate", "billRate"),
    ),
    "phases": Listed("phaseId", STAMPS, needs="projectId"),
    "invoices": Listed("invoiceId", ("createdAt",), ("createdAt", "invoiceNumber")),
    "lines": Listed("invoiceLineItemId", needs="invoiceId"),  # below their invoice only
    "time-offs": Listed("timeOffId"),
    "users": Listed("userId"),
    "fields": Listed("fieldId"),
}


class Unacceptable(Exception):
    """A parameter that the list does not take; its name."""


def check(listed: Listed, params: Params) -> None:
    """Raise `Unacceptable` for an attribute, an order or a filter that is unknown."""
    size = params.get("pageSize", "100")
    if not size.isdigit() or not 1 <= int(size) <= 100:
        raise Unacceptable("pageSize")
    if listed.needs and not params.get(listed.needs):
        raise Unacceptable(listed.needs)
    if params.get("sortBy", "id") not in ("id", *listed.sorts):
        raise Unacceptable("sortBy")
    if set(filter(None, params.get("includeFields", "").split(","))) - set(listed.on_request):
        raise Unacceptable("includeFields")
    for name, _ in conditions(params):
        if name.partition(".")[0] not in listed.filters:
            raise Unacceptable(name)


def conditions(params: Params) -> list[tuple[str, str]]:
    """The filters of a request: `attribute.operator` and a value."""
    return [(name, value) for name, value in params.items() if "." in name and not name.startswith("include")]


def found(listed: Listed, records: list[Record], params: Params, match: str) -> list[Record]:
    """The records that meet all of the filters (or any of them: Rocketlane's default), in the order asked for."""
    tests = conditions(params)
    every = all if match == "all" else any
    kept = [record for record in records if is_shown(record, params) and belongs(listed, record, params)]
    kept = [record for record in kept if not tests or every(meets(record, name, value) for name, value in tests)]
    by = params.get("sortBy", "id")
    name = listed.id if by == "id" else by
    return sorted(
        kept,
        key=lambda record: (record.get(name) or "" if by != "id" else record[name], record[listed.id]),
        reverse=params.get("sortOrder", "DESC") == "DESC",
    )


def is_shown(record: Record, params: Params) -> bool:
    """Archived and deleted records come on request only."""
    if record.get("deleted") and params.get("includeDeleted.eq") != "true":
        return False
    return not record.get("archived") or params.get("includeArchive.eq") == "true"


def belongs(listed: Listed, record: Record, params: Params) -> bool:
    """Whether a record is of the project or the invoice that the list is for."""
    return not listed.needs or str({**record, **record.get("project", {})}[listed.needs]) == params.get(listed.needs)


def meets(record: Record, name: str, value: str) -> bool:
    """Whether a record meets one filter."""
    attribute, _, operator = name.partition(".")
    held = record.get(attribute)
    if attribute in ("projectId", "phaseId"):
        held = (record.get(attribute.removesuffix("Id")) or {}).get(attribute)
    if held is None:
        return False
    wanted: Any = int(value) if isinstance(held, int) and not isinstance(held, bool) else value
    return bool(COMPARED[operator or "eq"](str(held).lower() if isinstance(held, bool) else held, wanted))


def shown(resource: str, record: Record, params: Params, faults: Faults) -> dict[str, Any]:
    """What of a record a request sees."""
    gone = faults.hidden("rocketlane", resource)
    asked = set(params.get("includeFields", "").split(","))
    left_out = {name for name in OBJECTS[resource].on_request if name not in asked} | gone
    kept = {name: value for name, value in record.items() if name not in left_out}
    if "fields" in kept:
        kept["fields"] = [field for field in kept["fields"] if field["fieldLabel"] not in gone]
    return kept
