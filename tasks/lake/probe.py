"""Whether the lake can be listed, written, read and cleared, as a run would."""

from typing import Final
from uuid import uuid4

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from pyarrow import fs

from tasks.lake.access import reaching
from tasks.lake.places import file_system, place

IMPATIENT: Final = {"max_retries": "2", "retry_timeout": "10s", "connect_timeout": "5s"}  # a run waits for minutes


def probe(lake: str) -> str:
    """List the lake, then write, read and delete a table of one row; what was found.

    Raises:
        ConfigError: the URL is of no store that Baton knows.
        LakeAccessError: the lake cannot be reached, or these credentials may not do one of the four.
    """
    folder = f"probe-{uuid4().hex}"
    where = place(lake, folder, "row")
    with reaching(lake):
        system = file_system(lake, IMPATIENT)
        system.get_file_info(fs.FileSelector("", allow_not_found=True))
        write_deltalake(where, pa.table({"id": ["1"]}), storage_options=IMPATIENT)
        DeltaTable(where, storage_options=IMPATIENT).to_pyarrow_dataset().to_table()
        system.delete_dir(folder)
    return f"{lake} can be listed and written"
