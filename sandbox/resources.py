"""Kantata's resources: what each can filter and order by, what it hides unless asked, and what it can include."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

RETENTION = timedelta(days=9)
Params = Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A record as shown, with its stamps in whole seconds and the world's own stamp of the version."""

    id: str
    number: int
    created: int
    updated: int
    stamp: datetime
    record: dict[str, Any]

    @classmethod
    def of(cls, record: dict[str, Any], stamp: datetime) -> "Row":
        """A record with its keys worked out."""
        key = str(record["id"])
        created, updated = (datetime.fromisoformat(record[name]).timestamp() for name in ("created_at", "updated_at"))
        return cls(key, int(key) if key.isdigit() else 0, int(created), int(updated), stamp, record | {"id": key})


@dataclass(frozen=True)
class Resource:
    """One list endpoint. `includes`: the name asked for -> the kind it brings and the attribute with its ids."""

    name: str
    order: str = "updated_at:desc"
    orders: tuple[str, ...] = ("updated_at", "created_at")
    cursors: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    includes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()


BOTH = ("updated", "created")
WORKSPACE = {"workspace": ("workspaces", "workspace_id")}
STORY = {"story": ("stories", "story_id")}
BY_WORKSPACE = {"workspace_id": "workspace_id", "workspace_ids": "workspace_id"}
RESOURCES: Mapping[str, Resource] = {
    resource.name: resource
    for resource in (
        Resource("workspaces", orders=("updated_at", "created_at", "title"), cursors=BOTH),
        Resource(
            "stories",
            orders=("updated_at", "created_at", "due_date", "title"),
            cursors=("updated",),
            filters=BY_WORKSPACE | {"story_type": "story_type"},
            includes=WORKSPACE | {"parent": ("stories", "parent_id")},
        ),
        Resource("story_state_changes", cursors=BOTH, filters={"story_id": "story_id"}, includes=STORY),
        Resource(
            "time_entries",
            order="date_performed:desc",
            orders=("updated_at", "created_at", "date_performed"),
            cursors=BOTH,
            filters=BY_WORKSPACE
            | {
                "with_user_ids": "user_id",
                "billable": "billable",
                "approved": "approved",
                "in_active_submission": "in_active_submission",
            },
            includes=WORKSPACE | STORY | {"user": ("users", "user_id"), "role": ("roles", "role_id")},
        ),
        Resource(
            "invoices",
            order="created_at:desc",
            cursors=BOTH,
            includes={
                "time_entries": ("time_entries", "time_entry_ids"),
                "billing_milestones": ("billing_milestones", "billing_milestone_ids"),
                "fixed_fee_items": ("fixed_fee_items", "fixed_fee_item_ids"),
                "additional_items": ("additional_items", "additional_item_ids"),
                "workspaces": ("workspaces", "workspace_ids"),
            },
        ),
        Resource(
            "billing_milestones",
            filters=BY_WORKSPACE,
            includes=WORKSPACE | STORY | {"invoice": ("invoices", "invoice_id")},
        ),
        Resource(
            "workspace_baselines",
            order="created_at:desc",
            filters=BY_WORKSPACE,
            includes=WORKSPACE | {"baseline_payloads": ("baseline_payloads", "baseline_payload_ids")},
        ),
        Resource(
            "subscribed_events",
            order="unordered",
            orders=("created_at",),
            cursors=("created",),
            filters={"event_types": "event_type"},
            optional=("previous_payload", "current_payload", "payload_changes"),
        ),
        Resource("users", filters={"role_id": "role_id"}, includes={"role": ("roles", "role_id")}),
        Resource("roles"),
        Resource("rates", filters=BY_WORKSPACE, includes={"role": ("roles", "role_id")}),
        Resource("custom_fields", filters={"subject_type": "subject_type"}),
        Resource("custom_field_values", filters={"subject_type": "subject_type", "custom_field_id": "custom_field_id"}),
    )
}


def is_true(params: Params, name: str) -> bool:
    """A boolean parameter; anything but true and TRUE is false."""
    return params.get(name) in ("true", "TRUE")


def is_hidden(kind: str, row: Row, params: Params, archived_workspaces: set[str]) -> bool:
    """Whether the default filters keep the row out; whatever is hidden is a 404 when asked for alone."""
    record = row.record
    if kind == "workspaces":
        is_asked = is_true(params, "include_archived") or params.get("archived") == "include"
        return bool(record.get("archived")) and not is_asked
    is_elsewhere = str(record.get("workspace_id")) in archived_workspaces
    if kind == "time_entries":
        return is_elsewhere and not is_true(params, "from_archived_workspaces")
    if kind == "stories":
        is_deleted, only_deleted = bool(record.get("deleted_at")), is_true(params, "only_deleted")
        return (
            (is_elsewhere and not is_true(params, "show_from_archived_workspaces"))
            or (bool(record.get("archived")) and not is_true(params, "show_archived"))
            or (is_deleted and not only_deleted and not is_true(params, "show_deleted"))
            or (only_deleted and not is_deleted)
        )
    return kind == "invoices" and bool(record.get("draft")) and is_true(params, "without_drafts")


def moment(text: str | None) -> int | None:
    """An instant in whole seconds; None, as if it was never given, when it cannot be read."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def matching(resource: Resource, rows: list[Row], params: Params, now: datetime) -> list[Row]:
    """The rows the parameters leave; a parameter or value the resource does not know changes nothing."""
    tests: list[Callable[[Row], bool]] = []
    for name in resource.cursors:
        after, before = moment(params.get(f"{name}_after")), moment(params.get(f"{name}_before"))
        if after is not None:
            tests.append(lambda row, name=name, after=after: getattr(row, name) > after)  # type: ignore[misc]
        if before is not None:
            tests.append(lambda row, name=name, before=before: getattr(row, name) < before)  # type: ignore[misc]
    for name, attribute in resource.filters.items():
        if params.get(name):
            wanted = set(params[name].lower().split(","))
            tests.append(lambda row, a=attribute, w=wanted: str(row.record.get(a)).lower() in w)  # type: ignore[misc]
    first, colon, last = params.get("date_performed_between", "").partition(":")
    if colon and resource.name == "time_entries":
        tests.append(lambda row: first <= (row.record.get("date_performed") or "") <= (last or "9999"))
    if resource.name == "subscribed_events":
        oldest = int((now - RETENTION).timestamp())
        tests.append(lambda row: row.created >= oldest)
    return [row for row in rows if all(test(row) for test in tests)]


def ordered(resource: Resource, rows: list[Row], order: str) -> list[Row]:
    """The rows in the order asked for, else silently in the resource's own; ties by rising id."""
    name, _, direction = order.partition(":")
    if name not in resource.orders:
        name, _, direction = resource.order.partition(":")
    rows = sorted(rows, key=lambda row: row.number)
    if name == "unordered":
        return sorted(rows, key=lambda row: row.number * 2_654_435_761 % 4_294_967_296)
    return sorted(rows, key=lambda row: _place(row, name), reverse=direction == "desc")


def _place(row: Row, name: str) -> Any:
    if name in ("updated_at", "created_at"):
        return row.updated if name == "updated_at" else row.created
    return str(row.record.get(name) or "")
