"""The stores that Baton 0.1.0 left, unpacked for a test; README.md says how they were made."""

import lzma
import tarfile
from datetime import date
from pathlib import Path

import psycopg

FOLDER = Path(__file__).parent / "0.1.0"
DAY = date(2026, 10, 31)  # the only one that was published


def lake(home: Path) -> None:
    _unpack("lake", home)


def duckdb_files(home: Path) -> None:
    _unpack("duckdb", home)


def postgresql(url: str) -> None:
    """Into an empty database."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(lzma.decompress((FOLDER / "postgresql.sql.xz").read_bytes()))


def _unpack(name: str, home: Path) -> None:
    with tarfile.open(FOLDER / f"{name}.tar.xz") as archive:
        archive.extractall(home, filter="data")
