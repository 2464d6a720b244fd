"""What of a Rocketlane record lands: instants as ISO texts, custom fields as rows, attributes on request."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tasks.sources.fieldmap import Entity
from tasks.sources.rocketlane_attributes import ON_REQUEST
from tasks.sources.rocketlane_pages import IDS
from tasks.sources.vendor import Record

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
STAMP: Final = "updated_at"  # the name under which `updatedAt` lands, as the lake knows a stamp
PHASES: Final = "phases"  # listed for one project at a time
SUBJECTS: Final[Mapping[str, str]] = {"projects": "Project", "tasks": "Task"}


def mapped(entity: Entity) -> frozenset[str]:
    """The attributes of a record that feed columns or mark a deletion."""
    paths = [column.path for column in entity.columns] + ([entity.deleted] if entity.deleted else [])
    return frozenset(path.partition(".")[0] for path in paths)


def requested(entity: Entity) -> dict[str, str]:
    """The parameter that asks for what the map needs and a list would leave out."""
    given = entity.params.get("includeFields", "").split(",")
    wanted = (mapped(entity) & ON_REQUEST.get(entity.resource, frozenset())) | frozenset(name for name in given if name)
    return {"includeFields": ",".join(sorted(wanted))} if wanted else {}


def value_part(entity: Entity) -> str:
    """The part in which the values of an entity's custom fields land."""
    return f"{entity.name}_field_value"


def stamp(record: Record) -> datetime:
    """When the record last changed: epoch milliseconds, exactly."""
    return EPOCH + timedelta(milliseconds=int(record["updatedAt"]))


def milliseconds(at: datetime) -> str:
    """An instant as Rocketlane's filters take it."""
    return str((at - EPOCH) // timedelta(milliseconds=1))


def landed(record: Record) -> dict[str, Any]:
    """The record as it lands: `…At` as ISO texts in UTC, the stamp under the lake's name, a sole project by its id."""
    instants = {name: iso(value) for name, value in record.items() if name.endswith("At") and isinstance(value, int)}
    texts = {**record, **instants}
    if "updatedAt" in texts:
        texts[STAMP] = texts.pop("updatedAt")
    projects = list(record.get("projects") or ())
    return texts | ({"project_id": projects[0]["projectId"]} if len(projects) == 1 else {})


def field_values(resource: str, record: Record) -> dict[str, dict[str, Any]]:
    """One row per custom field that the record shows, by its id."""
    subject = str(record[IDS[resource]])
    rows = {}
    for field in record.get("fields") or ():
        key, value = f"{subject}:{field['fieldId']}", field.get("fieldValue")
        rows[key] = {
            "id": key,
            "subject_id": subject,
            "subject_type": SUBJECTS[resource],
            "name": field.get("fieldLabel"),
            "value": value if value is None or isinstance(value, str) else str(value),
            STAMP: iso(int(record["updatedAt"])),
        }
    return rows


def iso(value: int) -> str:
    """Epoch milliseconds as the lake reads an instant."""
    return (EPOCH + timedelta(milliseconds=value)).isoformat(timespec="milliseconds")
