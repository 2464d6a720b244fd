"""A backup: the warehouse as one publish left it, and a lake that holds at least what that publish was made from."""

from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from config.settings import Settings
from tasks.errors import BackupError
from tasks.lake import copies as lake_copies
from tasks.stores.manifest import LAKE, NAME, WAREHOUSE, LakeTable, Manifest, checksums
from tasks.stores.start import versions
from tasks.warehouse import copies as warehouse_copies
from tasks.warehouse.connect import warehouse


def back_up(settings: Settings, folder: Path, now: datetime) -> Manifest:
    """Save the installation to an empty or new folder; runs may go on meanwhile.

    The warehouse comes first: what it was made from is in the lake by then, so that every number can be produced again
    from the backup alone.

    Raises:
        BackupError: the folder holds something, or cannot be written.
        BatonError: the warehouse or the lake cannot be read, or a newer version of the code wrote it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} holds something already: name a new folder.")
    where = warehouse(settings)
    held = versions(where)
    try:
        rows = warehouse_copies.save(where, folder / WAREHOUSE)
        tables = lake_copies.save(settings.lake, folder / LAKE)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written ({error}): name a folder with space, and start again.") from None
    manifest = Manifest(
        baton=version("baton"),
        made_at=now,
        dialect=where.dialect,
        versions=dict(held),
        warehouse=rows,
        lake={name: LakeTable(version=at, rows=count) for name, (at, count) in tables.items()},
        files=checksums(folder),
    )
    (folder / NAME).write_text(manifest.model_dump_json(indent=1))
    return manifest
