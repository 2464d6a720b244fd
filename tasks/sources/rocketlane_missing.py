"""Which mapped fields a Rocketlane account does not have: custom ones are described, attributes by contract only."""

from tasks.errors import ConfigError
from tasks.sources.fieldmap import Entity
from tasks.sources.rocketlane_attributes import ON_REQUEST, SHOWN
from tasks.sources.rocketlane_pages import certain
from tasks.sources.rocketlane_records import PHASES, SUBJECTS, mapped, requested, value_part
from tasks.sources.vendor import Link


def missing_attributes(link: Link, entity: Entity) -> tuple[str, ...]:
    """Attributes that neither Rocketlane's contract nor a record of the account knows."""
    if entity.resource not in SHOWN:
        return ()
    unknown = mapped(entity) - SHOWN[entity.resource] - ON_REQUEST.get(entity.resource, frozenset())
    if unknown and entity.resource != PHASES:  # newer than the contract, perhaps; phases need a project to be listed
        sample = link.client.get(entity.resource, {**entity.params, **requested(entity), "pageSize": "1"})
        unknown -= {name for record in sample.get("data", ()) for name in record}
    return tuple(f"{entity.resource}.{name}" for name in sorted(unknown))


def missing_custom(link: Link, entity: Entity) -> tuple[str, ...]:
    """Custom fields that the account does not have on this object, by their labels.

    Raises:
        ConfigError: the map gives custom fields to an entity whose values land nowhere.
    """
    if not entity.custom_fields:
        return ()
    subject = SUBJECTS.get(entity.resource)
    if subject is None or value_part(entity) not in {part.name for part in link.fields.parts(entity.name)}:
        raise ConfigError(
            f"{link.fields.file}: entities.{entity.name} maps custom_fields; those of projects and tasks are read, "
            f"here as {value_part(entity)} (part_of: {entity.name}): restore that part, or map none."
        )
    known = {
        field.get("fieldLabel")
        for page in certain(link, "fields", {}, lambda fields, _: fields).pages
        for field in page.kept
        if str(field.get("objectType")).casefold() == subject.casefold()
    }
    return tuple(f"{subject}.{custom.name}" for custom in entity.custom_fields.values() if custom.name not in known)
