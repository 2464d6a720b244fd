"""SQLAlchemy over a DuckDB connection that is already open, for Great Expectations.

Great Expectations reads rows after it gave its connection back; DuckDB streams results, which are gone by then. So
every result is buffered when it is made. Cursors of one native connection see its committed tables, in memory too.
"""

from typing import Any

import duckdb
from duckdb_sqlalchemy import ConnectionWrapper, Dialect, DuckDBExecutionContext
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

URL = "duckdb+buffered:///:memory:"


class BufferedContext(DuckDBExecutionContext):
    """Holds each result's rows from the moment it ran."""

    def post_exec(self) -> None:
        """Fetch everything at once."""
        super().post_exec()
        if self.cursor.description is not None:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor)


class BufferedDialect(Dialect):
    """The DuckDB dialect with buffered results."""

    driver = "buffered"
    supports_statement_cache = True
    execution_ctx_cls = BufferedContext


registry.register("duckdb.buffered", __name__, "BufferedDialect")


def engine_arguments(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, Any]:
    """`create_engine` arguments under which `URL` means one schema of this very connection's database."""

    def cursor() -> ConnectionWrapper:
        other = connection.cursor()
        other.execute(f"SET search_path = '{schema}'")
        return ConnectionWrapper(other)

    return {"creator": cursor}
