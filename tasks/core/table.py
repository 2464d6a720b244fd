"""How the rows of a table source become core rows: one query a table, made from its settings.

Its lake columns carry the core columns' names, so that a new core table needs nothing here. An id gets its instance in
front, a number in a unit of yours becomes the core's; what follows from other columns is derived.
"""

from collections.abc import Mapping as Map

from config.table import FedTable, TableColumn, TableSource
from tasks.core.mapping import VERSION, Mapping
from tasks.core.salesforce import ACCOUNT
from tasks.core.tables.shape import Column, Table
from tasks.sources.table_map import core_table

MAPPINGS: tuple[Mapping, ...] = ()  # made from the settings instead: `mappings`
OPTIONAL: frozenset[str] = frozenset()
CUSTOM_FIELDS: tuple[tuple[str, str, str], ...] = ()

EXACT = "(v.{column}::DECIMAL(30, 6) * 1000000)::HUGEINT"
UNITS: Map[str, str] = {
    "amount": "number_to_minor(v.{column}, 1, v.currency)",
    "hours": f"half_even({EXACT} * 3600, 1000000)",
    "minutes": f"half_even({EXACT} * 60, 1000000)",
    "percent": f"half_even({EXACT} * 100, 1000000)",
    "rate": "half_even(v.{column}::HUGEINT * minor_per_unit('{{reporting}}'), minor_per_unit(v.currency))",
}
# What follows from other columns where no column is mapped; `{here}` is the raw table.
DERIVED: Map[tuple[str, str], str] = {
    ("subscription", "original_account_id"): "first_value({account_id}) OVER (PARTITION BY v.id ORDER BY v._version)",
    ("subscription", "end_date"): "v.term_end_date",
    ("work_calendar", "workdays_before"): "0",  # counted with the whole calendar
    ("task", "has_children"): "v.id IN (SELECT parent_id FROM {here} WHERE _is_newest AND NOT _deleted "
    "AND parent_id IS NOT NULL)",
}


def mappings(source: TableSource) -> tuple[Mapping, ...]:
    """The queries of a source's tables."""
    return tuple(Mapping(core_table(name, fed).name, _query(name, fed)) for name, fed in source.tables.items())


def _query(name: str, fed: FedTable) -> str:
    table, here = core_table(name, fed), f"{{raw}}.{name}"
    if table.name == "account" and "ultimate_id" not in fed.columns:
        return ACCOUNT.replace("{raw}.account", f"({_as_crm(table, here, fed)})")
    values = {column.name: _value(table, column, fed, here) for column in table.columns}
    listed = ", ".join(f"{value} AS {column}" for column, value in values.items() if value)
    return f"SELECT {listed}, {VERSION} FROM {here} v"


def _as_crm(table: Table, here: str, fed: FedTable) -> str:
    """Accounts as the CRM's mapping reads them; it climbs from parent to parent and follows merges."""
    own = {column.name for column in table.columns[1:]} - {"ultimate_id", "merged_date", "merged_into_id"}
    named = ", ".join(name if name in fed.columns else f"NULL AS {name}" for name in sorted(own))
    master = "merged_into_id" if "merged_into_id" in fed.columns else "NULL"
    trail = "id, _version, _deleted, _updated_at, _extracted_at, _hash, _unreadable, _is_newest"
    return f"SELECT {trail}, {named}, {master} AS master_id FROM {here}"


def _value(table: Table, column: Column, fed: FedTable, here: str) -> str:
    """SQL for a core column; none where nothing feeds it."""
    if column.name == table.key and column.kind == "text":
        return "'{instance}:' || v.id"
    given = fed.columns.get(column.name)
    if given is None:
        derived = DERIVED.get((table.name, column.name), "")
        if column.name == "has_children" and "parent_id" not in fed.columns:
            return "false"  # tasks without parents are all leaves
        return derived.format(here=here, account_id=_id("account_id", fed.columns.get("account_id")))
    if given.unit:
        return UNITS[given.unit].format(column=column.name)
    if column.kind == "text" and column.name.endswith("_id"):
        return _id(column.name, given)
    return f"v.{column.name}"


def _id(column: str, given: TableColumn | None) -> str:
    """An id of the instance whose it is."""
    of = given.of if given and given.of else "{instance}"
    return f"'{of}:' || v.{column}"
