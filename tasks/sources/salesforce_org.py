"""What a Salesforce org says of itself: its fields, its versions and how much of the day's requests is left."""

from typing import Any

from tasks.sources.fieldmap import Entity
from tasks.sources.salesforce_login import has_key
from tasks.sources.salesforce_query import OWN, data
from tasks.sources.vendor import Finding, Link


def missing(link: Link, entity: Entity) -> tuple[str, ...]:
    """The mapped fields that the org's describe does not show to this user; names must match to the letter."""
    described = _described(link, entity)
    known = {field["name"] for field in described} | {field.get("relationshipName") for field in described}
    wanted = (*OWN, *(mapped.path for mapped in entity.fields.values()))
    return tuple(f"{entity.resource}.{path}" for path in wanted if path.split(".")[0] not in known)


def _described(link: Link, entity: Entity) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = link.client.get(data(link, f"sobjects/{entity.resource}/describe"))["fields"]
    return fields


def types(link: Link, entity: Entity) -> dict[str, str]:
    """The type of each field of an object, as the org describes it."""
    return {field["name"]: field["type"] for field in _described(link, entity)}


def findings(link: Link) -> tuple[Finding, ...]:
    """Whether login works, the pinned version is offered, and how much of the day's requests is left."""
    offered = [str(version["version"]) for version in link.client.get("/services/data/")]
    pinned = link.source.api_version
    advice = "offered" if pinned in offered else f"not offered: pin one of {', '.join(offered[-3:])}"
    daily = link.client.get(data(link, "limits")).get("DailyApiRequests", {})
    left, most = int(daily.get("Remaining", 0)), int(daily.get("Max", 0))
    return (
        Finding("login", True, f"{'private key' if has_key(link.source) else 'client credentials'} accepted"),
        Finding("api version", pinned in offered, f"{pinned} is {advice}"),
        Finding("daily requests", left > most * (1 - link.source.requests_share), f"{left} of {most} left"),
    )
