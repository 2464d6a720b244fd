"""A restore: a backup put in the place of an installation, and compared with what it says it holds."""

from pathlib import Path

from config.settings import Settings
from tasks.errors import BackupError
from tasks.lake import copies as lake_copies
from tasks.lake.places import instances
from tasks.stores.manifest import LAKE, WAREHOUSE, LakeTable, Manifest, read_whole
from tasks.warehouse import copies as warehouse_copies
from tasks.warehouse.connect import warehouse


def restore(settings: Settings, folder: Path, *, replace: bool) -> Manifest:
    """Put a backup into the installation that the settings name; no run may go on meanwhile.

    The next run migrates what is older than this code. A restore that was killed is run again, with `replace`.

    Args:
        settings: The installation.
        folder: The backup; it is read whole and found undamaged before anything is touched.
        replace: Whether what the installation holds may be lost.

    Raises:
        BackupError: the backup is not whole or of another kind of warehouse, the installation holds something, or
            what was restored is not what the backup says.
        NewerError: a newer version of the code made the backup.
    """
    manifest = read_whole(folder)
    where = warehouse(settings)
    if manifest.dialect != where.dialect:
        raise BackupError(
            f"{folder} is of a {manifest.dialect} warehouse, BATON_WAREHOUSE_URL names {where.dialect}: correct it."
        )
    if not replace and (instances(settings.lake) or not warehouse_copies.is_empty(where)):
        raise BackupError("This installation holds something: name an empty one, or lose it with --replace.")
    try:
        rows = warehouse_copies.load(where, folder / WAREHOUSE)
        tables = lake_copies.load(folder / LAKE, settings.lake)
    except OSError as error:
        raise BackupError(
            f"The installation cannot be written ({error}): make room, then restore with --replace."
        ) from None
    found = {name: LakeTable(version=at, rows=count) for name, (at, count) in tables.items()}
    if rows != manifest.warehouse or found != manifest.lake:
        raise BackupError("What was restored is not what the backup says it holds: run it again with --replace.")
    return manifest
