"""The lake, table by table at one Delta version each, copied to or from a backup's folder.

Delta's log is append-only and its files are never changed: everything up to a version is a whole table, its cursor
included, whatever is appended meanwhile.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable
from pyarrow import fs

from tasks.lake.access import reaching
from tasks.lake.migrate import tables
from tasks.lake.places import file_system, instances

LOG = re.compile(r"(\d{20})\.(json|checkpoint\..*parquet|checkpoint\.parquet)")
Held = dict[str, tuple[int, int]]  # instance/entity -> its version and rows


def save(lake: str, folder: Path) -> Held:
    """Copy every table as it is now to a folder.

    Raises:
        NewerError: a newer version of the code wrote the lake.
    """
    folder.mkdir(parents=True)
    return _copied(lake, str(folder))


def load(folder: Path, lake: str) -> Held:
    """Put every table of a folder in the place of the lake's; those that the folder lacks are removed."""
    with reaching(lake):
        for instance in instances(lake):
            file_system(lake).delete_dir(instance)
    return _copied(str(folder), lake)


def _copied(source: str, target: str) -> Held:
    for (instance, entity), table in tables(source).items():
        _copy(table, f"{instance}/{entity}", file_system(source), file_system(target))
    return {
        f"{instance}/{entity}": (table.version(), table.count()) for (instance, entity), table in tables(target).items()
    }


def _copy(table: DeltaTable, place: str, source: fs.FileSystem, target: fs.FileSystem) -> None:
    """Data before log, and the log in its order: a copy that breaks off is an older version, or none."""
    target.create_dir(f"{place}/_delta_log", recursive=True)
    for name in (*_data(table), *_log(table, source.get_file_info(fs.FileSelector(f"{place}/_delta_log")))):
        path = f"{place}/{name}"
        fs.copy_files(path, path, source_filesystem=source, destination_filesystem=target)


def _data(table: DeltaTable) -> Iterator[str]:
    yield from pa.table(table.get_add_actions())["path"].to_pylist()


def _log(table: DeltaTable, found: Sequence[fs.FileInfo]) -> Iterator[str]:
    """The log's files up to the table's version; `_last_checkpoint` is only a hint, and may name a later one."""
    for name in sorted(info.base_name for info in found):
        matched = LOG.fullmatch(name)
        if matched and int(matched[1]) <= table.version():
            yield f"_delta_log/{name}"
