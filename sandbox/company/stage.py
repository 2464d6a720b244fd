"""Where the company is planted: the vendors' records on one side, the facts on the other."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.company.days import kantata_stamp, salesforce_stamp
from sandbox.company.facts import Facts
from sandbox.world import Deletion, Version, World

# First number of each kind of Kantata record: all ids of a kind have the same length, so text and number order agree.
KANTATA_BLOCK = {
    "workspaces": 41_000_001,
    "stories": 610_000_001,
    "story_state_changes": 230_000_001,
    "time_entries": 900_000_001,
    "invoices": 5_000_001,
    "fixed_fee_items": 3_000_001,
    "additional_items": 2_000_001,
    "billing_milestones": 1_000_001,
    "workspace_baselines": 7_000_001,
    "baseline_payloads": 8_000_001,
    "subscribed_events": 700_000_001,
    "users": 11_001,
    "roles": 101,
    "rates": 3_001,
    "custom_fields": 501,
    "custom_field_values": 810_000_001,
    "change_orders": 66_001,
}
SALESFORCE_PREFIX = {"Account": "001", "Opportunity": "006", "SBQQ__Subscription__c": "a0X", "Contract": "800"} | {
    "Handoff__c": "a1H",
    "Kickoff__c": "a1K",
    "Success_Plan__c": "a1S",
    "Commission__c": "a1C",
    "Case": "500",
    "Debrief__c": "a1D",
    "Closeout__c": "a1O",
    "Deliverable__c": "a1V",
    "Checklist_Item__c": "a1L",
    "Promise__c": "a1P",
    "Escalation_Route__c": "a1E",
    "AccountTeamMember": "01M",
    "Event": "00U",
    "EventRelation": "0RE",
    "EmailMessage": "02s",
    "EmailMessageRelation": "0ER",
    "Contact": "003",
    "User": "005",
}
BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Stage:
    """What the planting functions write to."""

    rng: random.Random
    world: World = field(default_factory=World)
    facts: Facts = field(default_factory=Facts)
    used: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # custom field name -> its id
    shown: dict[tuple[str, str], str] = field(default_factory=dict)  # (subject, field name) -> its value's id

    def number(self, kind: str) -> int:
        """The next ordinal of a kind, from 0."""
        self.used[kind] = self.used.get(kind, -1) + 1
        return self.used[kind]


def core(vendor: str, key: str) -> str:
    """The core id of a vendor's record."""
    return f"{vendor}:{key}"


def salesforce_id(stage: Stage, kind: str) -> str:
    """The next 18-character id of an object: key prefix, number, and Salesforce's case checksum."""
    number = stage.number(kind) + 1
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = BASE36[digit] + digits
    return long_id(SALESFORCE_PREFIX[kind] + "8d" + digits.rjust(10, "0"))


def long_id(short: str) -> str:
    """A Salesforce id of 15 characters with its case checksum."""
    flags = [sum(character.isupper() << place for place, character in enumerate(short[i : i + 5])) for i in (0, 5, 10)]
    return short + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[flag] for flag in flags)


def kantata_id(stage: Stage, kind: str) -> str:
    """The next id of a resource, a number as text."""
    return str(KANTATA_BLOCK[kind] + stage.number(kind))


def salesforce(
    stage: Stage,
    kind: str,
    key: str,
    when: datetime,
    fields: Mapping[str, Any],
    *,
    created: datetime | None = None,
    updated: datetime | None = None,
    is_deleted: bool = False,
) -> None:
    """Write a version of a Salesforce record; `updated` differs from `when` only for late commits."""
    stamp = salesforce_stamp(updated or when)
    record = {
        "Id": key,
        **fields,
        "IsDeleted": is_deleted,
        "CreatedDate": salesforce_stamp(created or when),
        "LastModifiedDate": stamp,
        "SystemModstamp": stamp,
    }
    stage.world.add("salesforce", kind, key, Version(when, updated or when, record, "soft" if is_deleted else None))


def kantata(
    stage: Stage,
    kind: str,
    key: str,
    when: datetime,
    fields: Mapping[str, Any],
    *,
    created: datetime | None = None,
    updated: datetime | None = None,
    deletion: Deletion | None = None,
) -> None:
    """Write a version of a Kantata record."""
    record = {
        "id": key,
        **fields,
        "created_at": kantata_stamp(created or when),
        "updated_at": kantata_stamp(updated or when),
    }
    stage.world.add("kantata", kind, key, Version(when, updated or when, record, deletion))


def custom_field(stage: Stage, subject: str, key: str, name: str, value: str, when: datetime) -> None:
    """Set a custom field of a Workspace or a Story; the subject's own stamp does not move."""
    field_id = stage.names.get(name)
    if field_id is None:
        field_id = stage.names[name] = kantata_id(stage, "custom_fields")
        kantata(
            stage,
            "custom_fields",
            field_id,
            datetime(2023, 6, 1, 10, tzinfo=when.tzinfo),
            {"name": name, "subject_type": subject.lower()},
        )
    value_id = stage.shown.setdefault((key, name), "") or kantata_id(stage, "custom_field_values")
    first = stage.world.records.get(("kantata", "custom_field_values"), {}).get(value_id)
    stage.shown[key, name] = value_id
    kantata(
        stage,
        "custom_field_values",
        value_id,
        when,
        {
            "custom_field_id": field_id,
            "custom_field_name": name,
            "subject_type": subject,
            "subject_id": key,
            "value": value,
        },
        created=first[0].visible_at if first else when,
    )


def event(
    stage: Stage, event_type: str, subject_type: str, subject: str, when: datetime, payload: Mapping[str, Any]
) -> None:
    """Write an event of the feed."""
    key = kantata_id(stage, "subscribed_events")
    stage.world.add(
        "kantata",
        "subscribed_events",
        key,
        Version(
            when,
            when,
            {
                "id": key,
                "event_type": event_type,
                "subject_type": subject_type,
                "subject_id": subject,
                "subject_changed_at": kantata_stamp(when),
                "current_payload": dict(payload),
                "created_at": kantata_stamp(when),
            },
        ),
    )
