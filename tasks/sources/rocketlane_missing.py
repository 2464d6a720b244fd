"""Which mapped fields a Rocketlane account does not have: custom ones are described, attributes by contract only."""

from tasks.sources.fieldmap import Entity
from tasks.sources.rocketlane_attributes import ON_REQUEST, SHOWN
from tasks.sources.rocketlane_pages import certain
from tasks.sources.rocketlane_records import SUBJECTS, mapped, requested
from tasks.sources.vendor import Link


def missing_attributes(link: Link, entity: Entity) -> tuple[str, ...]:
    """Attributes that neither Rocketlane's contract nor a record of the account knows."""
    if entity.resource not in SHOWN:
        return ()
    unknown = mapped(entity) - SHOWN[entity.resource] - ON_REQUEST[entity.resource]
    if unknown:  # newer than the contract, perhaps
        sample = link.client.get(entity.resource, {**entity.params, **requested(entity), "pageSize": "1"})
        unknown -= {name for record in sample.get("data", ()) for name in record}
    return tuple(f"{entity.resource}.{name}" for name in sorted(unknown))


def missing_custom(link: Link, entity: Entity) -> tuple[str, ...]:
    """Custom fields that the account does not have on this object, by their labels."""
    if not entity.custom_fields:
        return ()
    subject = SUBJECTS[entity.resource]
    known = {
        field.get("fieldLabel")
        for page in certain(link, "fields", {}, lambda fields, _: fields).pages
        for field in page.kept
        if str(field.get("objectType")).casefold() == subject.casefold()
    }
    return tuple(f"{subject}.{custom.name}" for custom in entity.custom_fields.values() if custom.name not in known)
