"""What a backup holds, as `backup.json` beside it; written last, so that a folder without one is no backup."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import BackupError
from tasks.warehouse.connect import Dialect
from tasks.warehouse.schema import Half, refuse_unknown

NAME: Final = "backup.json"
WAREHOUSE: Final = "warehouse"  # the folders of a backup
LAKE: Final = "lake"


class LakeTable(BaseModel):
    """One table of the lake: its Delta version, and its rows at it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    rows: int


class Manifest(BaseModel):
    """What was saved, when, by which Baton, and how to know that it is whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    baton: str
    made_at: datetime
    dialect: Dialect
    versions: dict[Half, str | None]  # of the warehouse's halves
    warehouse: dict[str, int]  # rows per table
    lake: dict[str, LakeTable]
    files: dict[str, str]  # SHA-256 of each file


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file below a folder."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / NAME):
        with path.open("rb") as file:
            found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def read_whole(folder: Path) -> Manifest:
    """The manifest of a backup that is whole and that this code can restore.

    Raises:
        BackupError: the folder is no backup, an unfinished one, or damaged.
        NewerError: a newer version of the code made it.
    """
    try:
        manifest = Manifest.model_validate_json((folder / NAME).read_text())
    except FileNotFoundError:
        raise BackupError(f"{folder} is no finished backup ({NAME} is missing): name another folder.") from None
    except ValidationError:
        raise BackupError(
            f"{folder / NAME} is damaged or of another format than this code's: use the Baton that made it."
        ) from None
    for half, held in manifest.versions.items():
        refuse_unknown(half, held, f"The backup {folder}")
    found = checksums(folder)
    if found != manifest.files:
        apart = sorted(
            name for name in found.keys() | manifest.files.keys() if found.get(name) != manifest.files.get(name)
        )
        raise BackupError(f"{folder} is damaged ({len(apart)} files, first {apart[0]}): restore another backup.")
    return manifest
