"""How far each source had been read when a run looked, and which core tables it feeds."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from config.settings import Settings
from tasks.core.conform import VENDORS
from tasks.lake.read import cursor
from tasks.sources.fieldmap import field_map


def data_as_of(settings: Settings, known_at: datetime) -> dict[str, datetime]:
    """Per source the instant up to which all its entities had been read by `known_at`; none for one never read."""
    reached = {}
    for instance, source in settings.sources.items():
        latest = known_at - timedelta(seconds=source.lag_seconds)
        entities = field_map(source.fields).entities
        cursors = [cursor(settings.lake, instance, name) for name, entity in entities.items() if not entity.part_of]
        known = [min(at, latest) for at in cursors if at is not None]
        if known:
            reached[instance] = min(known)
    return reached


def pulled_at(settings: Settings, known_at: datetime) -> Mapping[str, datetime]:
    """Per core table the instant up to which the sources that feed it had been read; the oldest counts."""
    oldest: dict[str, datetime] = {}
    for instance, at in data_as_of(settings, known_at).items():
        for mapping in VENDORS[settings.sources[instance].vendor].MAPPINGS:
            oldest[mapping.table] = min(at, oldest.get(mapping.table, at))
    return oldest
