"""From raw records to conformed rows: every known version of them, as known at one instant.

The result is the schema `versions` of the workbench: one table per core table with its columns and `_version`
(1 = the oldest known of its key), `_deleted`, `_updated_at`, `_extracted_at`, `_hash`, `_unreadable`. Which version is
in force is decided by the checks (tasks/checks), because a rejected version leaves the one before it in force.
"""

from collections.abc import Mapping as Map
from datetime import date, datetime

from config.policy import Policy
from config.settings import Settings, Source
from config.table import TableSource
from tasks.core import certinia, hubspot, kantata, rocketlane, salesforce, table, zendesk
from tasks.core.calendar import fill_fx_rates, fill_work_calendar
from tasks.core.closing import FINALISED_MRR, INSTANCE
from tasks.core.mapping import CASTS, Mapping, define_functions, value_table
from tasks.core.tables import CORE
from tasks.core.tables.shape import Kind
from tasks.engines.bench import Workbench, register_versions
from tasks.lake.places import is_held
from tasks.sources.fieldmap import Custom, FieldMap
from tasks.sources.table_map import fields_of
from tasks.sources.table_open import literal

VENDORS = {
    "salesforce": salesforce,
    "hubspot": hubspot,
    "kantata": kantata,
    "rocketlane": rocketlane,
    "certinia": certinia,
    "zendesk": zendesk,
    "table": table,
}
SQL_TYPES: Map[Kind, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "instant": "TIMESTAMPTZ",
}
FINALISED = (INSTANCE, FINALISED_MRR.entity)
TRAIL = (
    "_version BIGINT, _deleted BOOLEAN, _updated_at TIMESTAMPTZ, _extracted_at TIMESTAMPTZ, _hash VARCHAR, "
    "_unreadable VARCHAR"
)


def conform(connection: Workbench, settings: Settings, policy: Policy, *, as_of: date, known_at: datetime) -> None:
    """Fill `versions` from the lake as known at `known_at`, every configured source together.

    Raises:
        ConfigError: a field map, the exchange rates or the holidays cannot be read.
    """
    define_functions(connection, policy.reporting.timezone)
    connection.execute("CREATE SCHEMA IF NOT EXISTS versions")
    for core in CORE:
        columns = ", ".join(f"{column.name} {SQL_TYPES[column.kind]}" for column in core.columns)
        connection.execute(f"CREATE OR REPLACE TABLE versions.{core.name} ({columns}, {TRAIL})")
    for instance, source in settings.sources.items():
        _map(connection, settings.lake, instance, source, policy, known_at)
    _fill_feeds(connection)
    _fill_finalised(connection, settings.lake, known_at)
    fill_fx_rates(connection, policy)
    fill_work_calendar(connection, policy, as_of)


def mappings_of(source: Source) -> tuple[Mapping, ...]:
    """The queries from a source's raw tables to core tables: its vendor's, or made from its own settings."""
    if isinstance(source, TableSource):
        return table.mappings(source)
    return VENDORS[source.vendor].MAPPINGS


def _map(connection: Workbench, lake: str, instance: str, source: Source, policy: Policy, known_at: datetime) -> None:
    """Run the vendor's mapping queries; a raw table is there from its first reader to its last, for it may be large."""
    vendor, fields, raw = VENDORS[source.vendor], fields_of(source), f'"raw_{instance}"'
    names = {
        "raw": raw,
        "instance": instance,
        "crm": getattr(source, "crm", instance),
        "psa": getattr(source, "psa", instance),
        "currency": getattr(source, "currency", ""),
        "zone": policy.reporting.timezone,
        "reporting": policy.reporting.currency,
    }
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {raw}")
    value_tables = {value_table(fields, entity) for _, _, entity in vendor.CUSTOM_FIELDS}
    for name in value_tables:
        _load_raw(connection, lake, instance, fields, name, known_at)
    for pivot, subject, entity in vendor.CUSTOM_FIELDS:
        _pivot(connection, raw, pivot, value_table(fields, entity), subject, fields.entities[entity].custom_fields)
    for name in value_tables:
        connection.execute(f"DROP TABLE {raw}.{name}")
    held = {pivot for pivot, _, _ in vendor.CUSTOM_FIELDS}
    mappings = [one for one in mappings_of(source) if not one.is_optional or one.reads <= held | fields.entities.keys()]
    last_reader = {name: mapping for mapping in mappings for name in mapping.reads}
    for mapping in mappings:
        for name in mapping.reads - held:
            _load_raw(connection, lake, instance, fields, name, known_at)
        held |= mapping.reads
        connection.execute(f"INSERT INTO versions.{mapping.table} BY NAME {mapping.sql.format(**names)}")
        for name in mapping.reads:
            if last_reader[name] is mapping:
                connection.execute(f"DROP TABLE {raw}.{name}")
    connection.execute(f"DROP SCHEMA {raw} CASCADE")


def _load_raw(connection: Workbench, lake: str, instance: str, fields: FieldMap, name: str, known_at: datetime) -> None:
    """A raw table without payloads, numbered by version; an entity never pulled is an empty table."""
    entity = fields.entities[name]
    declared = ", ".join(f"{column.name} {CASTS[column.kind]}" for column in entity.columns)
    connection.execute(
        f'CREATE OR REPLACE TABLE "raw_{instance}".{name} (id VARCHAR, {declared}, {TRAIL}, _is_newest BOOLEAN)'
    )
    if not is_held(lake, instance, name):
        return
    held = register_versions(connection, "known", lake, instance, name, known_at)
    meant = ", ".join(_meant(column, field.values) for column, field in entity.fields.items() if column in held)
    # Only the records with several versions are sorted: sorting the many that have one would cost the most.
    connection.execute(
        f"""
        INSERT INTO "raw_{instance}".{name} BY NAME
        WITH several AS (
            SELECT id, _extracted_at, _hash, row_number() OVER past AS place,
                   row_number() OVER past = count(*) OVER (PARTITION BY id) AS is_newest
            FROM known
            WHERE hash(id) IN (SELECT hash(id) AS hashed FROM known GROUP BY hashed HAVING count(*) > 1)
            WINDOW past AS (PARTITION BY id ORDER BY _extracted_at, _updated_at, _hash)
        )
        SELECT id, {meant}, _deleted, _updated_at, _extracted_at, _hash, _unreadable,
               coalesce(place, 1) AS _version, coalesce(is_newest, true) AS _is_newest
        FROM known LEFT JOIN several USING (id, _extracted_at, _hash)
        """
    )
    connection.unregister("known")


def _meant(column: str, values: Map[str, str]) -> str:
    """A column as its field map reads it: where the map lists a picklist's values, what each of them means."""
    if not values:
        return column
    cases = " ".join(f"WHEN {literal(value)} THEN {literal(meaning)}" for value, meaning in values.items())
    return f"CASE {column} {cases} END AS {column}"


def _pivot(connection: Workbench, raw: str, table: str, source: str, subject: str, custom: Map[str, Custom]) -> None:
    """Custom field values as one row a subject, in text, with the names of those that cannot be read as their kind."""
    values, unreadable = [], []
    for column, field in custom.items():
        name = field.name.replace("'", "''")
        values.append(f"max(CASE WHEN name = '{name}' THEN nullif(trim(value), '') END) AS {column}")
        if field.kind != "text":
            unreadable.append(
                f"CASE WHEN {column} IS NOT NULL AND TRY_CAST({column} AS {CASTS[field.kind]}) IS NULL "
                f"THEN '{column}' END"
            )
    wrong = f"nullif(concat_ws(',', {', '.join(unreadable)}), '')" if unreadable else "NULL"
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {raw}.{table} AS
        SELECT *, {wrong} AS _unreadable FROM (
            SELECT subject_id, {", ".join(values)}
            FROM {raw}.{source}
            WHERE subject_type = '{subject}' AND _is_newest AND NOT _deleted
            GROUP BY subject_id)
        """
    )


def _fill_feeds(connection: Workbench) -> None:
    """Of each optional table, whether anything was ever read, deleted and rejected versions included."""
    for name in sorted(core.name for core in CORE if core.is_optional):
        connection.execute(
            f"INSERT INTO versions.feed BY NAME SELECT '{name}' AS feed_id, count(*) > 0 AS is_read, "
            f"1 AS _version, false AS _deleted FROM versions.{name}"
        )


def _fill_finalised(connection: Workbench, lake: str, known_at: datetime) -> None:
    """The closed months' MRR, as closed by `known_at`."""
    if not is_held(lake, *FINALISED):
        return
    register_versions(connection, "closed", lake, *FINALISED, known_at)
    connection.execute(
        """
        INSERT INTO versions.finalised_mrr BY NAME
        SELECT id AS finalised_id, month, account_id, closing_minor,
               1 AS _version, _deleted, _updated_at, _extracted_at, _hash
        FROM closed
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY _extracted_at DESC) = 1
        """
    )
    connection.unregister("closed")
