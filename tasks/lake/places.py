"""Where the lake's tables stand, on a disk or in an object store.

Delta's own client reaches every table and lists every folder, so that one set of credentials (the store's usual
environment variables, e.g. AWS_ACCESS_KEY_ID) serves both.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deltalake import DeltaTable
from deltalake.fs import DeltaStorageHandler
from pyarrow import fs

from tasks.errors import ConfigError, LakeError
from tasks.lake.access import is_store, reaching
from tasks.lake.layout import known


def place(lake: str, instance: str, entity: str) -> str:
    """The folder or URL of one table."""
    return f"{_root(lake)}/{instance}/{entity}"


def instances(lake: str) -> tuple[str, ...]:
    """The source instances that the lake holds, by name; none when there is no lake yet."""
    return _folders(lake, "")


def entities(lake: str, instance: str) -> tuple[str, ...]:
    """The entities of one instance that the lake holds, by name."""
    return tuple(name for name in _folders(lake, instance) if is_held(lake, instance, name))


def opened(lake: str, instance: str, entity: str) -> DeltaTable:
    """The table of one entity.

    Raises:
        LakeError: it was never pulled.
        LakeAccessError: the lake cannot be reached.
        NewerError: a newer version of the code wrote it.
    """
    if not is_held(lake, instance, entity):
        raise LakeError(f"The lake holds no {instance}.{entity}: pull it first with `baton run ingest {instance}`.")
    with reaching(lake):
        return known(DeltaTable(place(lake, instance, entity)))


def is_held(lake: str, instance: str, entity: str) -> bool:
    """Whether the entity was ever pulled.

    Raises:
        LakeAccessError: the lake cannot be reached.
    """
    with reaching(lake):
        return bool(DeltaTable.is_deltatable(place(lake, instance, entity)))


def file_system(lake: str, options: Mapping[str, str] | None = None) -> fs.FileSystem:
    """What is below the lake's root, as files and folders.

    Args:
        lake: The lake's folder or URL.
        options: Of the store's client, beside the environment variables.
    """
    root = _root(lake)
    if is_store(lake):
        return fs.PyFileSystem(DeltaStorageHandler(root, dict(options or {})))
    system, path = fs.FileSystem.from_uri(root)
    return fs.SubTreeFileSystem(path, system)


def _folders(lake: str, below: str) -> tuple[str, ...]:
    """The folders directly below one of the lake's; none when it does not exist."""
    with reaching(lake):
        found = file_system(lake).get_file_info(fs.FileSelector(below, allow_not_found=True))
    return tuple(sorted(info.base_name for info in found if info.type == fs.FileType.Directory))


def _root(lake: str) -> str:
    if "://" not in lake:
        return str(Path(lake).absolute())
    if not (lake.startswith("file://") or (is_store(lake) and urlsplit(lake).hostname)):
        raise ConfigError("BATON_LAKE_URL must be a folder or start with s3://bucket, gs://bucket or az://container.")
    return lake.rstrip("/")
