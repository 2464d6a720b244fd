"""Before a run touches anything: both stores are of this code's version, or the run is refused."""

from collections.abc import Mapping
from contextlib import suppress

from tasks.errors import LockedError
from tasks.lake.migrate import migrate
from tasks.warehouse.connect import Warehouse, mart_transaction, ops_transaction
from tasks.warehouse.marts import create_mart
from tasks.warehouse.ops import create_ops
from tasks.warehouse.schema import Half, newest, refuse_newer
from tasks.warehouse.served import heal, served_version


def make_ready(lake: str, where: Warehouse) -> None:
    """Create or migrate the warehouse, and migrate the lake.

    Raises:
        NewerError: a newer version of the code wrote one of them; nothing was changed.
        WarehouseError: the warehouse is down.
        LakeError: the lake cannot be written, or another run is writing it.
    """
    held = versions(where)
    migrate(lake)
    create_ops(where)
    if where.dialect == "postgresql":
        create_mart(where)
    elif where.work.exists() and held["mart"] != newest("mart"):
        with suppress(LockedError):  # another run publishes right now, and migrated it before
            create_mart(where)
            heal(where)


def versions(where: Warehouse) -> Mapping[Half, str | None]:
    """The version of each half, without waiting for a publish; none for one that is empty or older than versions.

    Raises:
        WarehouseError: the warehouse is down.
        NewerError: a newer version of the code wrote it.
    """
    with ops_transaction(where) as connection:
        ops = refuse_newer(connection, "ops")
    if where.dialect == "duckdb":
        return {"ops": ops, "mart": served_version(where)}
    with mart_transaction(where) as connection:
        return {"ops": ops, "mart": refuse_newer(connection, "mart")}
