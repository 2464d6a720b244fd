"""The planted Kantata records as another PSA's edition of them is made from: found, dated, with their custom fields."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sandbox.company.facts import Facts
from sandbox.company.work_facts import Entry
from sandbox.world import Version, World

Fields = Mapping[str, str]
Dated = tuple[datetime, datetime, Mapping[str, Any], Fields]  # visible, stamped, record, custom fields


def kantata(world: World, kind: str) -> Iterator[tuple[str, list[Version]]]:
    """The records of a resource with their versions."""
    yield from world.records["kantata", kind].items()


def known_entry(facts: Facts, key: str) -> Entry | None:
    """What is planted of an entry; nothing of those that are planted as bad."""
    states = [state for _, state in facts.entries.get(f"kantata:{key}", []) if state]
    return states[-1] if states else None


def custom_fields(world: World) -> Mapping[tuple[str, str], list[tuple[datetime, str, str]]]:
    """By subject: when which custom field took which value."""
    found = defaultdict(list)
    for _, versions in kantata(world, "custom_field_values"):
        for version in versions:
            record = version.record
            change = (version.visible_at, record["custom_field_name"], record["value"])
            found[record["subject_type"], record["subject_id"]].append(change)
    return found


def timeline(versions: list[Version], changes: list[tuple[datetime, str, str]]) -> Iterator[Dated]:
    """Each state of a record together with its custom fields; changing one of them stamps the record."""
    births = sorted({version.visible_at for version in versions} | {when for when, _, _ in changes})
    for when in births:
        shown = [version for version in versions if version.visible_at <= when]
        if shown:
            fields = {name: value for since, name, value in sorted(changes) if since <= when}
            stamped = shown[-1].updated_at if shown[-1].visible_at == when else when
            yield when, stamped, shown[-1].record, fields
