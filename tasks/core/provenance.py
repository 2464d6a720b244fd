"""How far each source had been read when a run looked, and which core tables it feeds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from config.settings import Settings, Source
from tasks.core.conform import VENDORS, mappings_of
from tasks.core.mapping import value_table
from tasks.lake.read import cursor
from tasks.sources.table_map import fields_of


def data_as_of(settings: Settings, known_at: datetime) -> dict[str, datetime]:
    """Per source the instant up to which all its entities had been read by `known_at`; none for one never read."""
    reached = {}
    for instance, source in settings.sources.items():
        latest = known_at - timedelta(seconds=source.lag_seconds)
        entities = fields_of(source).entities
        cursors = [cursor(settings.lake, instance, name) for name, entity in entities.items() if not entity.part_of]
        known = [min(at, latest) for at in cursors if at is not None]
        if known:
            reached[instance] = min(known)
    return reached


def pulled_at(settings: Settings, known_at: datetime) -> Mapping[str, datetime]:
    """Per core table the instant up to which the entities that feed it had been read; the oldest counts."""
    oldest: dict[str, datetime] = {}
    for instance, source in settings.sources.items():
        vendor = VENDORS[source.vendor]
        latest = known_at - timedelta(seconds=source.lag_seconds)
        for mapping in mappings_of(source):
            pivots = {pivot for pivot, _, _ in vendor.CUSTOM_FIELDS}
            if mapping.is_optional and not mapping.reads - pivots <= fields_of(source).entities.keys():
                continue
            for entity in _read_for(mapping.reads - vendor.OPTIONAL, source, vendor.CUSTOM_FIELDS):
                at = cursor(settings.lake, instance, entity)
                if at is not None:
                    oldest[mapping.table] = min(at, latest, oldest.get(mapping.table, latest))
    return oldest


def _read_for(raw_tables: Iterable[str], source: Source, pivots: Sequence[tuple[str, str, str]]) -> set[str]:
    """The entities whose pulls fill these raw tables."""
    fields = fields_of(source)
    entities = fields.entities
    pivoted = {table: value_table(fields, entity) for table, _, entity in pivots}
    named = {pivoted.get(table, table) for table in raw_tables}
    return {entities[name].part_of or name for name in named}
