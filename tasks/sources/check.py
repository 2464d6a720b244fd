"""Whether a source can be read as configured: for `baton doctor`, and before each entity's pull."""

import time
from collections.abc import Callable
from typing import Final

from config.settings import Settings
from tasks.errors import BatonError, ConfigError
from tasks.sources.fieldmap import Entity
from tasks.sources.judgement import Refused
from tasks.sources.link import linked
from tasks.sources.vendor import Finding, Link, Vendor

ABSENT: Final = "NOT_FOUND"  # the code of a refusal because there is no such object
PATIENCE: Final = 2  # attempts of a request: a person is waiting


def check(instance: str, settings: Settings, sleep: Callable[[float], None] = time.sleep) -> tuple[Finding, ...]:
    """One finding per thing that may be wrong with a source; the first failure to reach it ends the check."""
    try:
        with linked(instance, settings, sleep) as (vendor, link):
            link.client.attempts = PATIENCE
            found = list(vendor.findings(link))
            found += [_mapped(vendor, link, link.fields[name]) for name in vendor.order(link.fields, link.source)]
    except BatonError as error:
        return (Finding(instance, False, str(error)),)
    return tuple(Finding(f"{instance}: {one.subject}", one.is_ok, one.message) for one in found)


def missing_fields(instance: str, entity: str, settings: Settings) -> tuple[str, ...]:
    """The mapped fields of an entity that the vendor does not show, as `Object.field`."""
    with linked(instance, settings) as (vendor, link):
        return vendor.missing(link, link.fields[entity])


def is_absent(vendor: Vendor, link: Link, entity: Entity) -> bool:
    """Whether the vendor does not know an optional entity's object at all; a field it lacks is another matter."""
    if not entity.optional:
        return False
    try:
        vendor.missing(link, entity)
    except Refused as error:
        if error.code != ABSENT:
            raise
        return True
    return False


def require_fields(vendor: Vendor, link: Link, entity: Entity) -> None:
    """Stop the entity when a mapped field is missing.

    Raises:
        ConfigError: names field, object and map file; a null column would be a silent error.
    """
    if gone := vendor.missing(link, entity):
        raise ConfigError(
            f"{link.instance} shows no {', '.join(gone)}, which {link.fields.file} maps for {entity.name}: give the "
            "user access to it, or correct its name there (names match to the letter)."
        )


def _mapped(vendor: Vendor, link: Link, entity: Entity) -> Finding:
    try:
        if is_absent(vendor, link, entity):
            return Finding(entity.name, True, f"the source has no {entity.resource}: what is built on it is unknown")
        require_fields(vendor, link, entity)
    except ConfigError as error:
        return Finding(entity.name, False, str(error))
    return Finding(entity.name, True, "every mapped field is there")
