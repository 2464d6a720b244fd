"""How a version of a Rocketlane record is written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.world import Version, World


def put(
    world: World,
    kind: str,
    name: str,
    key: int,
    visible: datetime,
    stamped: datetime,
    born: datetime,
    fields: Mapping[str, Any],
) -> None:
    """Write a version of a Rocketlane record."""
    stamps = {"createdAt": milliseconds(born), "updatedAt": milliseconds(stamped)}
    world.add("rocketlane", kind, str(key), Version(visible, stamped, {name: key, **fields, **stamps}))


def milliseconds(at: datetime) -> int:
    """An instant as Rocketlane writes it."""
    return int(at.timestamp() * 1000)
