"""The schema version of each half of the warehouse, and the way from an older one to this code's: forward only.

A half is what one transaction can reach on every dialect: `ops`, or `mart` with `ops.restatement`, which is written
with the marts. A new store is created from the declarations in ops.py and marts.py; an old one walks through the
Alembic revisions of its half, which a test compares with the declarations. Marts are no part of this: they follow
their metrics (`create_or_widen`).
"""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Literal

import sqlalchemy as sa
from alembic.ddl.impl import DefaultImpl
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory

from tasks.errors import NewerError

Half = Literal["ops", "mart"]
TABLE: Final = "schema_version"
BASELINE: Final = "0001"  # of stores that were made before any carried a version
REVISIONS: Final = Path(__file__).parent / "revisions"


class DuckDBImpl(DefaultImpl):
    """Alembic's own DDL, which DuckDB understands; Alembic knows a dialect only by such a class."""

    __dialect__ = "duckdb"
    transactional_ddl = True


def bring_up(connection: sa.Connection, half: Half, tables: Sequence[sa.Table]) -> None:
    """Create the tables of a half, or migrate them to this code's version; nothing when they are there already.

    On PostgreSQL a second run waits for the first; SQLite's and DuckDB's transactions let in one writer as it is.

    Raises:
        NewerError: a newer version of the code wrote them.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7220461)"))
    context, held = _context(connection, half), refuse_newer(connection, half)
    if held is None and not sa.inspect(connection).has_table(tables[0].name, schema=_schema(connection, half)):
        _create(connection, tables)
        context.stamp(_revisions(half), "head")
        return
    if held is None:
        context.stamp(_revisions(half), BASELINE)
    if held != newest(half):
        with Operations.context(context):
            context.run_migrations(schema=_schema(connection, half))


def version(connection: sa.Connection, half: Half) -> str | None:
    """The version that the half is at; none when it is empty, or older than versions."""
    return _context(connection, half).get_current_revision()


def newest(half: Half) -> str:
    """The version that this code writes."""
    return str(_revisions(half).get_current_head())


def refuse_newer(connection: sa.Connection, half: Half) -> str | None:
    """The version that the half is at, if this code knows it.

    Raises:
        NewerError: what it is, its version, this code's, and what to do.
    """
    held = version(connection, half)
    refuse_unknown(half, held, _named(connection, half))
    return held


def refuse_unknown(half: Half, held: str | None, what: str) -> None:
    """`refuse_newer` for the version of `what`, however it was read."""
    if held is not None and held not in {one.revision for one in _revisions(half).walk_revisions()}:
        raise NewerError(
            f"{what} is of schema version {held}, this code knows {newest(half)}: a newer Baton wrote it. "
            "Nothing was changed: install that version again, or restore a backup made before it (docs/recovery.md)."
        )


@cache
def _revisions(half: Half) -> ScriptDirectory:
    return ScriptDirectory(REVISIONS, version_locations=[REVISIONS / half])


def _context(connection: sa.Connection, half: Half) -> MigrationContext:
    place = {"version_table": TABLE, "version_table_schema": _schema(connection, half)}
    return MigrationContext.configure(connection, opts={**place, "fn": partial(_steps, half)})


def _steps(half: Half, held: tuple[str, ...], _context: Any) -> Iterable[MigrationStep]:
    scripts = _revisions(half)
    upwards = reversed(list(scripts.iterate_revisions("head", held)))
    return [MigrationStep.upgrade_from_script(scripts.revision_map, script) for script in upwards]


def _schema(connection: sa.Connection, half: Half) -> str | None:
    return None if connection.dialect.name == "sqlite" else half


def _create(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    if connection.dialect.name != "sqlite":
        for schema in sorted({str(table.schema) for table in tables}):
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
    for table in tables:
        table.create(connection, checkfirst=True)


def _named(connection: sa.Connection, half: Half) -> str:
    """What a person would call the store."""
    where = connection.engine.url.database
    return f"Schema {half} of the warehouse" if connection.dialect.name == "postgresql" else f"The warehouse's {where}"
