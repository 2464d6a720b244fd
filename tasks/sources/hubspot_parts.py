"""What hangs on HubSpot records and is a row of its own: their partners, and the stages of a pipeline."""

from collections.abc import Iterable, Mapping
from typing import Any

from tasks.errors import ConfigError
from tasks.lake.typed import payload_text
from tasks.sources.fieldmap import Entity
from tasks.sources.hubspot_api import partners
from tasks.sources.vendor import Link, Record

Texts = dict[str, bytes]
STAGES = "stages"


def associations(link: Link, entity: Entity, part: Entity, stamps: Mapping[str, str]) -> Texts:
    """One row per record and partner; `params.to` names the partners' kind, `params.primary` the type of the main one.

    Args:
        link: The line to the portal.
        entity: The records' kind.
        part: The entity that the rows feed.
        stamps: The records' ids and stamps.

    Raises:
        ConfigError: the map does not say which kind of partners.
    """
    if "to" not in part.params:
        raise ConfigError(f"{link.fields.file} gives {part.name} no params.to: name the kind of partners there.")
    types: dict[tuple[str, str], set[str]] = {}
    for key, partner in partners(link, entity, part.params["to"], stamps):
        known = types.setdefault((key, str(partner["toObjectId"])), set())
        known.update(str(one["typeId"]) for one in partner.get("associationTypes") or ())
    primary = part.params.get("primary", "")
    return {
        f"{key}:{to}": payload_text(
            {
                "id": f"{key}:{to}",
                "from_id": key,
                "to_id": to,
                "type_ids": ";".join(sorted(known, key=int)),
                "is_primary": primary in known,
                "updated_at": stamps[key],
            }
        )
        for (key, to), known in types.items()
    }


def stages(pipelines: Iterable[Record]) -> Texts:
    """One row per stage of each pipeline; a stage's id is unique within its kind of record."""
    rows: dict[str, Any] = {
        str(stage["id"]): {
            "updatedAt": pipeline.get("updatedAt"),
            **stage,
            "id": str(stage["id"]),
            "pipeline_id": str(pipeline["id"]),
        }
        for pipeline in pipelines
        for stage in pipeline.get(STAGES) or ()
    }
    return {key: payload_text(stamped(row)) for key, row in rows.items()}


def stamped(record: Record) -> dict[str, Any]:
    """The record with its stamp under the name that the lake leaves out of its comparison of versions."""
    return {
        **{name: value for name, value in record.items() if name != "updatedAt"},
        "updated_at": record.get("updatedAt"),
    }
