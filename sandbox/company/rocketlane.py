"""The pretend company's PSA records as a Rocketlane account would hold them: the same projects, tasks, people, hours.

Made from the planted Kantata records, under the same numbers, so that the ledger's answers hold for `rocketlane:…` ids
wherever Rocketlane can carry the inputs. It has no baselines, change orders, rate tables or billing milestones, and its
invoices do not say which time they bill; every entry carries the rate it was planted with.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import local_day
from sandbox.company.facts import Facts
from sandbox.company.planted import Fields, custom_fields, kantata, known_entry, timeline
from sandbox.company.rocketlane_invoices import add_invoices
from sandbox.company.rocketlane_stage import put
from sandbox.company.staff import ROLES
from sandbox.company.work_facts import Entry
from sandbox.world import Version, World

CONTRACTS = {
    "time_and_materials": "TIME_AND_MATERIAL",
    "capped": "TIME_AND_MATERIAL",
    "fixed_fee": "FIXED_FEE",
    "retainer": "SUBSCRIPTION",
    "internal": "NON_BILLABLE",
}
LABELS = {
    "PROJECT": (
        "Salesforce account",
        "Salesforce opportunity",
        "Cap",
        "Retainer negative carry",
        "Retainer window months",
        "SOW start",
    ),
    "TASK": ("Role", "Contractually non-billable"),
}
STATES = {"not started": (1, "To do"), "started": (2, "In progress"), "completed": (3, "Completed")} | {
    "blocked": (4, "Blocked")
}
APPROVALS = {(True, False): "APPROVED", (False, True): "SUBMITTED", (False, False): "NOT_SUBMITTED"}


def add_rocketlane(world: World, facts: Facts, crm: Mapping[str, str] | None = None) -> None:
    """Plant the Rocketlane edition of the world's PSA records beside them.

    `crm`: what another CRM calls each Salesforce account and deal, when its projects carry that one's ids.
    """
    values = custom_fields(world)
    for number, (subject, label) in enumerate((s, label) for s, labels in LABELS.items() for label in labels):
        born = datetime.fromisoformat("2023-06-01T10:00:00+00:00")
        put(world, "fields", "fieldId", 501 + number, born, born, born, {"fieldLabel": label, "objectType": subject})
    for key, versions in kantata(world, "users"):
        first, role = versions[0], int(versions[0].record["role_id"])
        user = {"type": "TEAM_MEMBER", "role": {"roleId": role, "roleName": ROLES[role - 101]}}
        put(world, "users", "userId", int(key), first.visible_at, first.updated_at, first.visible_at, user)
    for key, versions in kantata(world, "workspaces"):
        for visible, stamped, record, fields in timeline(versions, values["Workspace", key]):
            born = versions[0].visible_at
            named = {name: (crm or {}).get(value, value) for name, value in fields.items()}
            put(world, "projects", "projectId", int(key), visible, stamped, born, project(record, named))
    for key, versions in kantata(world, "stories"):
        add_task(world, int(key), versions, values["Story", key])
    for key, versions in kantata(world, "time_entries"):
        add_entry(world, int(key), versions, known_entry(facts, key))
    add_invoices(world, facts)


def project(record: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """A project as shown; a custom field without a value is not there."""
    contract = CONTRACTS.get(fields.get("Contract type", ""))
    financials: dict[str, Any] = {"contractType": contract}
    if contract == "SUBSCRIPTION" and "Retainer hours" in fields:
        minutes = round(float(fields["Retainer hours"]) * 60)
        financials["subscriptionContract"] = {"subscriptionFrequency": "MONTHLY", "periodMinutes": minutes}
    shown = {
        "projectName": record["title"],
        "currency": record["currency"],
        "startDate": record["start_date"],
        "dueDate": record["due_date"],
        "dueDateActual": fields.get("Completed on"),
        "archived": record["archived"],
        "financials": financials,
        "fields": labelled("PROJECT", {**fields, **in_units(fields, record["currency"])}),
    }
    return shown | ({"budgetedHours": float(fields["Budget hours"])} if "Budget hours" in fields else {})


def in_units(fields: Fields, currency: str) -> Fields:
    """The cap in whole units of the currency; words stay words."""
    cap = fields.get("Cap", "")
    return {"Cap": str(int(cap) / BASE_UNIT[currency])} if cap.isdigit() else {}


def labelled(subject: str, fields: Fields) -> list[dict[str, Any]]:
    """The custom fields that Rocketlane has, with their values."""
    first = 501 + sum(len(labels) for name, labels in LABELS.items() if name < subject)
    return [
        {"fieldId": first + place, "fieldLabel": label, "fieldValue": fields[label], "fieldValueLabel": fields[label]}
        for place, label in enumerate(LABELS[subject])
        if label in fields
    ]


def add_task(world: World, key: int, versions: list[Version], changes: list[tuple[datetime, str, str]]) -> None:
    """A task with the days it was started and completed; one that is deleted is simply gone."""
    started = completed = None
    for visible, stamped, record, fields in timeline(versions, changes):
        if record["deleted_at"]:
            world.add("rocketlane", "tasks", str(key), Version(visible, stamped, {"taskId": key}, "hard"))
            continue
        state, day = record["state"], local_day(visible).isoformat()
        started = started or (day if state != "not started" else None)
        completed = (completed or day) if state == "completed" else None
        value, label = STATES[state]
        parent = {"parent": {"taskId": int(record["parent_id"])}} if record["parent_id"] else {}
        progress = {} if record["percentage_complete"] is None else {"progress": record["percentage_complete"]}
        shown = {
            "taskName": record["title"],
            "project": {"projectId": int(record["workspace_id"])},
            "type": "MILESTONE" if record["story_type"] == "milestone" else "TASK",
            "status": {"value": value, "label": label},
            "startDate": record["start_date"],
            "dueDate": record["due_date"],
            "startDateActual": started,
            "dueDateActual": completed,
            "effortInMinutes": record["time_estimate_in_minutes"],
            "archived": record["archived"],
            "fields": labelled("TASK", fields),
        }
        put(world, "tasks", "taskId", key, visible, stamped, versions[0].visible_at, shown | parent | progress)


def add_entry(world: World, key: int, versions: list[Version], fact: Entry | None) -> None:
    """A time entry with its rates; every second deleted one keeps a mark, the others vanish."""
    for version in versions:
        if version.deletion and key % 2:
            world.add("rocketlane", "time-entries", str(key), replace(version, record={"timeEntryId": key}))
            continue
        record = version.record
        base = BASE_UNIT[record["currency"]]
        rate = record["rate_in_cents"] if fact is None else fact.rate
        cost = None if fact is None else (fact.cost_rate / BASE_UNIT[fact.cost_currency], fact.cost_currency)
        shown = {
            "date": record["date_performed"],
            "minutes": record["time_in_minutes"],
            "billable": record["billable"],
            "status": APPROVALS[record["approved"], not record["approved"] and record["in_active_submission"]],
            "project": {"projectId": int(record["workspace_id"])},
            "task": record["story_id"] and {"taskId": int(record["story_id"])},
            "user": {"userId": int(record["user_id"])},
            "billRate": None if rate is None else {"rate": rate / base, "currency": record["currency"]},
            "costRate": cost and {"rate": cost[0], "currency": cost[1]},
            "deleted": bool(version.deletion),
        }
        visible, stamped = version.visible_at, version.updated_at
        put(world, "time-entries", "timeEntryId", key, visible, stamped, versions[0].updated_at, shown)
