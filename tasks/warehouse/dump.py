"""Schemas `mart` and `ops` of a PostgreSQL database as files: their definition as SQL, their rows as COPY text.

Grants, views and whatever else an administrator added are not in it; `pg_dump` saves those.
"""

from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from tasks.warehouse.connect import driver

DEFINITION: Final = "definition.sql"
SCHEMAS: Final = ("mart", "ops")
BLOCK: Final = 1 << 20  # bytes


def save(connection: sa.Connection, folder: Path) -> None:
    """Write what the transaction sees."""
    held = sa.MetaData()
    for schema in SCHEMAS:
        held.reflect(connection, schema=schema)
    (folder / DEFINITION).write_text("".join(f"{statement};\n" for statement in _definition(held)))
    for table in held.sorted_tables:
        into = f"COPY {connection.dialect.identifier_preparer.format_table(table)} TO STDOUT"
        with (folder / f"{table}.copy").open("wb") as file, driver(connection).cursor().copy(into) as copy:
            for block in copy:
                file.write(block)


def load(connection: sa.Connection, folder: Path) -> None:
    """Put the files' content in the place of both schemas; other runs wait until the transaction ends."""
    for schema in SCHEMAS:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    raw = driver(connection)
    raw.execute((folder / DEFINITION).read_text())
    for path in sorted(folder.glob("*.copy")):
        schema, name = path.stem.split(".")
        table = connection.dialect.identifier_preparer.format_table(sa.table(name, schema=schema))
        with path.open("rb") as file, raw.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            while block := file.read(BLOCK):
                copy.write(block)


def _definition(held: sa.MetaData) -> list[str]:
    """The statements that create schemas, tables, keys, indexes and comments."""
    found = [f"CREATE SCHEMA {schema}" for schema in SCHEMAS]

    def note(statement: Any, *_: object, **__: object) -> None:
        found.append(str(statement.compile(dialect=mock.dialect)).strip())

    # Per cent signs in comments would be doubled, were they how this dialect marks parameters.
    mock = sa.create_mock_engine("postgresql+psycopg://", note, paramstyle="named")
    held.create_all(mock, checkfirst=False)
    return found
