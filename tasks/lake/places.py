"""Where the lake's tables stand, on a disk or in an object store."""

from pathlib import Path

from deltalake import DeltaTable
from pyarrow import fs

from tasks.errors import LakeError
from tasks.lake.layout import known


def place(lake: str, instance: str, entity: str) -> str:
    """The folder or URL of one table."""
    root = lake.rstrip("/") if "://" in lake else str(Path(lake).absolute())
    return f"{root}/{instance}/{entity}"


def instances(lake: str) -> tuple[str, ...]:
    """The source instances that the lake holds, by name; none when there is no lake yet."""
    return _folders(lake if "://" in lake else str(Path(lake).absolute()))


def entities(lake: str, instance: str) -> tuple[str, ...]:
    """The entities of one instance that the lake holds, by name."""
    names = _folders(place(lake, instance, "")[:-1])
    return tuple(name for name in names if DeltaTable.is_deltatable(place(lake, instance, name)))


def opened(lake: str, instance: str, entity: str) -> DeltaTable:
    """The table of one entity.

    Raises:
        LakeError: it was never pulled.
        NewerError: a newer version of the code wrote it.
    """
    where = place(lake, instance, entity)
    if not DeltaTable.is_deltatable(where):
        raise LakeError(f"The lake holds no {instance}.{entity}: pull it first with `baton run ingest {instance}`.")
    return known(DeltaTable(where))


def is_held(lake: str, instance: str, entity: str) -> bool:
    """Whether the entity was ever pulled."""
    return bool(DeltaTable.is_deltatable(place(lake, instance, entity)))


def system(root: str) -> tuple[fs.FileSystem, str]:
    """The file system of a folder or URL, and its path there."""
    return fs.FileSystem.from_uri(root) if "://" in root else (fs.LocalFileSystem(), str(Path(root).absolute()))


def _folders(root: str) -> tuple[str, ...]:
    """The folders directly below `root`; none when it does not exist."""
    held, path = system(root)
    below = held.get_file_info(fs.FileSelector(path, allow_not_found=True))
    return tuple(sorted(info.base_name for info in below if info.type == fs.FileType.Directory))
