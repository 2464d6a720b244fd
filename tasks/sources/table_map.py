"""The settings of a table source as a field map, checked against the core tables."""

from collections.abc import Mapping
from typing import Final

from config.settings import Source
from config.table import FedTable, TableColumn, TableSource, Unit
from tasks.core.tables import CORE
from tasks.core.tables.shape import Column, Table
from tasks.errors import ConfigError
from tasks.lake.shape import Kind
from tasks.sources.fieldmap import Entity, FieldMap, Mapped, field_map

WHERE: Final = "`tables` in baton.yaml"
CURSOR: Final = "updated_at"  # in a payload: it may move without the row being another
DELETED: Final = "deleted"

# Which columns a unit fits, by the end of their names.
UNITS: Final[Mapping[Unit, str]] = {
    "amount": "_minor",
    "hours": "seconds",
    "minutes": "seconds",
    "percent": "_bp",
    "rate": "_rate_e8",
}
# Required columns that follow from others (tasks/core/table.py says how), so that no table needs to give them.
DERIVED: Final = frozenset(
    (
        ("account", "ultimate_id"),
        ("subscription", "original_account_id"),
        ("subscription", "end_date"),
        ("task", "has_children"),
        ("work_calendar", "workdays_before"),
    )
)


def fields_of(source: Source) -> FieldMap:
    """Which field feeds which lake column: from the source's field map, or from its own settings.

    Raises:
        ConfigError: the map or the settings are wrong; the message names the key.
    """
    if not isinstance(source, TableSource):
        return field_map(source.fields)
    return FieldMap(file=WHERE, entities={name: _entity(name, fed) for name, fed in source.tables.items()})


def core_table(name: str, fed: FedTable) -> Table:
    """The core table that a fed table feeds.

    Raises:
        ConfigError: there is none of that name.
    """
    known = {table.name: table for table in CORE}
    feeds = fed.feeds or name
    if feeds not in known:
        raise ConfigError(f"{WHERE}: {name} feeds {feeds}, which is no core table: set `feeds` to {', '.join(known)}.")
    return known[feeds]


def keys(table: Table, fed: FedTable) -> tuple[str, ...]:
    """Their columns that tell rows apart."""
    mapped = fed.columns.get(table.key)
    return fed.key or ((mapped.column,) if mapped and mapped.column else ())


def _entity(name: str, fed: FedTable) -> Entity:
    table = core_table(name, fed)
    columns = {column.name: column for column in table.columns}
    if not keys(table, fed):
        raise ConfigError(f"{WHERE}: {name} names no key: map {table.key}, or set `key` to columns that never repeat.")
    for column, given in fed.columns.items():
        if column not in columns:
            raise ConfigError(f"{WHERE}: {name}.columns.{column} is no column of {table.name}: {', '.join(columns)}.")
        if given.unit and not column.endswith(UNITS[given.unit]):
            raise ConfigError(
                f"{WHERE}: {name}.columns.{column} cannot be counted in `{given.unit}`, which is for columns that end "
                f"in {UNITS[given.unit]}: remove `unit`."
            )
    open_ones = [column.name for column in table.columns[1:] if column.required and column.name not in fed.columns]
    if lacking := [column for column in open_ones if (table.name, column) not in DERIVED]:
        raise ConfigError(
            f"{WHERE}: {name} maps nothing to {', '.join(lacking)}, which every {table.name} needs: name a column of "
            "yours, or one `value` for all rows."
        )
    fields = {column: Mapped(path=column, kind=_kind(columns[column], given)) for column, given in fed.columns.items()}
    place = fed.csv or fed.parquet or fed.delta or "query"
    return Entity(name=name, resource=place, cursor=fed.cursor, deleted=DELETED, fields=fields)


def _kind(column: Column, given: TableColumn) -> Kind:
    """The kind in the lake: a number in your unit is exact there, a rate a whole number of 10^-8."""
    return "number" if given.unit and given.unit != "rate" else column.kind
