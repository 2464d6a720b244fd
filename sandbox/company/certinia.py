"""The pretend company's PSA records as Certinia holds them in the Salesforce org: the same projects, tasks and hours.

Made from the planted Kantata records, so that the ledger's answers hold wherever Certinia can carry the inputs. It has
no baselines, and its timecards are weekly: most have hours by day, those of some projects only the week's sum. A change
order is a budget of a change-request type; what a picklist calls things (billing types, statuses) is this company's.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sandbox.company.certinia_billing import add_billing
from sandbox.company.certinia_stage import Org
from sandbox.company.certinia_time import add_time
from sandbox.company.coins import BASE_UNIT
from sandbox.company.days import local_day
from sandbox.company.facts import Facts
from sandbox.company.planted import Fields, custom_fields, kantata, timeline
from sandbox.company.staff import ROLES
from sandbox.company.work_facts import Change
from sandbox.world import Version, World

BILLING_TYPES = {
    "time_and_materials": "Time and Materials",
    "capped": "Time and Materials, Not to Exceed",
    "fixed_fee": "Fixed Price",
    "retainer": "Retainer",
}
STATUSES = {"draft": "Draft", "submitted": "Open", "approved": "Approved", "rejected": "Rejected"}
CHANGE_REQUEST = "Customer Purchase Order Change Request"


def add_certinia(world: World, facts: Facts) -> dict[str, str]:
    """Plant the Certinia edition of the world's PSA records beside them; gives the core id of each Kantata core id."""
    org = Org(world)
    values = custom_fields(world)
    for key, versions in kantata(world, "rates"):
        add_rate(org, key, versions[0])
    for key, versions in kantata(world, "workspaces"):
        own = org.id("pse__Proj__c", key)
        for visible, stamped, record, fields in timeline(versions, values["Workspace", key]):
            org.show("pse__Proj__c", own, visible, stamped, project(record, fields))
    for change, history in facts.changes.items():
        own = org.id("pse__Budget__c", change.partition(":")[2])
        for when, state in history:
            if state:
                org.show("pse__Budget__c", own, when, when, budget(org, state))
    amounts = {
        versions[0].record["story_id"]: (key, versions[0].record)
        for key, versions in kantata(world, "billing_milestones")
    }
    for key, versions in kantata(world, "stories"):
        if versions[0].record["story_type"] == "milestone":
            add_milestone(org, key, versions, amounts.get(key))
        else:
            add_task(org, key, versions, values["Story", key])
    timecards = add_time(org, facts)
    add_billing(org, facts, timecards)
    return org.ids


def add_rate(org: Org, key: str, version: Version) -> None:
    """A rate card of a role, or the standard one; a contract's own rate stands on its assignments."""
    record = version.record
    if record["workspace_id"] is not None:
        return
    base, role = BASE_UNIT[record["currency"]], record["role_id"]
    card = {
        "pse__Role__c": role and ROLES[int(role) - 101],
        "pse__Account__c": None,
        "pse__Start_Date__c": record["effective_date"],
        "pse__End_Date__c": None,
        "pse__Suggested_Bill_Rate__c": record["bill_rate_in_cents"] / base,
        "pse__Average_Cost_Rate__c": record["cost_rate_in_cents"] / base,
        "CurrencyIsoCode": record["currency"],
    }
    own = org.id("pse__Rate_Card__c", key)
    org.show("pse__Rate_Card__c", own, version.visible_at, version.updated_at, card)


def project(record: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """A project as shown; a cap that is no number stands in a billing type of its own."""
    cap = fields.get("Cap", "")
    terms = fields.get("Contract type", "")
    billing_type = BILLING_TYPES.get(terms) if cap.isdigit() or not cap else "Not to Exceed, see SOW"
    return {
        "Name": record["title"],
        "CurrencyIsoCode": record["currency"],
        "pse__Account__c": fields.get("Salesforce account"),
        "pse__Opportunity__c": fields.get("Salesforce opportunity"),
        "pse__Billing_Type__c": billing_type,
        "pse__Is_Billable__c": terms != "internal",
        "pse__Is_Active__c": not record["archived"],
        "pse__Start_Date__c": record["start_date"],
        "pse__End_Date__c": record["due_date"],
        "pse__Baseline_Start_Date__c": None,
        "pse__Baseline_End_Date__c": None,
        "pse__Planned_Hours__c": number(fields, "Budget hours"),
        "pse__Bookings__c": None,
        "Cap__c": int(cap) / BASE_UNIT[record["currency"]] if cap.isdigit() else None,
        "Retainer_Hours__c": number(fields, "Retainer hours"),
        "Retainer_Carry__c": fields.get("Retainer negative carry") == "true",
        "Retainer_Window_Months__c": number(fields, "Retainer window months"),
        "SOW_Start__c": fields.get("SOW start"),
        "Closed_Date__c": fields.get("Completed on"),
    }


def number(fields: Fields, name: str) -> float | None:
    """A custom field as a number."""
    return float(fields[name]) if name in fields else None


def budget(org: Org, change: Change) -> dict[str, Any]:
    """A change order: a fixed price is billed as the budget itself, any other by the time worked for it."""
    return {
        "pse__Project__c": org.known(change.project),
        "pse__Type__c": CHANGE_REQUEST,
        "pse__Status__c": STATUSES[change.status],
        "pse__Approved__c": change.status == "approved",
        "pse__Billable__c": change.pricing == "fixed",
        "pse__Amount__c": change.amount / BASE_UNIT[change.currency],
        "pse__Effective_Date__c": iso(change.approved),
        "Accepted_Date__c": iso(change.accepted),
        "CurrencyIsoCode": change.currency,
    }


def iso(day: date | None) -> str | None:
    """A day as Salesforce writes it."""
    return day and day.isoformat()


def add_milestone(org: Org, key: str, versions: list[Version], billed: tuple[str, Mapping[str, Any]] | None) -> None:
    """A milestone with the amount that falls due on it, if any."""
    own = org.id("pse__Milestone__c", key)
    if billed:
        org.ids[f"kantata:{billed[0]}"] = f"certinia:{own}"
    reached = None
    for version in versions:
        record = version.record
        is_reached = record["state"] == "completed"
        reached = reached or (local_day(version.visible_at) if is_reached else None)
        shown = {
            "Name": record["title"],
            "pse__Project__c": org.known(f"kantata:{record['workspace_id']}"),
            "pse__Start_Date__c": record["start_date"],
            "pse__Target_Date__c": record["due_date"],
            "pse__Actual_Date__c": iso(reached) if is_reached else None,
            "pse__Status__c": "Approved" if is_reached else "Planned",
            "pse__Approved__c": is_reached,
            "pse__Exclude_from_Billing__c": billed is None,
            "pse__Milestone_Amount__c": billed and billed[1]["amount_in_cents"] / billed[1]["currency_base_unit"],
            "CurrencyIsoCode": billed[1]["currency"] if billed else "USD",
            "Budget__c": None,
        }
        org.show("pse__Milestone__c", own, version.visible_at, version.updated_at, shown)


def add_task(org: Org, key: str, versions: list[Version], changes: list[Any]) -> None:
    """A project task with the days it was started and completed; an archived one is closed for time."""
    own, started = org.id("pse__Project_Task__c", key), None
    completed = None
    for visible, stamped, record, fields in timeline(versions, changes):
        state, day = record["state"], local_day(visible)
        started = started or (day if state != "not started" else None)
        completed = (completed or day) if state == "completed" else None
        minutes, role = record["time_estimate_in_minutes"], fields.get("Role")
        shown = {
            "Name": record["title"],
            "pse__Project__c": org.known(f"kantata:{record['workspace_id']}"),
            "pse__Parent_Task__c": record["parent_id"] and org.known(f"kantata:{record['parent_id']}"),
            "pse__Start_Date__c": record["start_date"],
            "pse__End_Date__c": record["due_date"],
            "pse__Actual_Start_Date__c": iso(started),
            "pse__Actual_End_Date__c": iso(completed),
            "pse__Estimated_Hours__c": minutes and round(minutes / 60, 6),
            "pse__Percent_Complete_Tasks__c": record["percentage_complete"],
            "pse__Status__c": state.capitalize(),
            "pse__Closed_for_Time_Entry__c": record["archived"],
            "Role__c": role and ROLES[int(role) - 101],
            "Contractually_Non_Billable__c": fields.get("Contractually non-billable") == "true",
            "Budget__c": ("Change order" in fields and org.known(f"kantata:{fields['Change order']}")) or None,
        }
        org.show("pse__Project_Task__c", own, visible, stamped, shown, is_deleted=bool(record["deleted_at"]))
