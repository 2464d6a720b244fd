"""The whole lake to this code's layout; one that a newer version of the code wrote is refused before any change."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from tasks.errors import LakeError
from tasks.lake.access import reaching
from tasks.lake.layout import bring_up, layout
from tasks.lake.places import entities, instances, opened


def tables(lake: str) -> dict[tuple[str, str], DeltaTable]:
    """Every table of the lake, by instance and entity; opened side by side, since an object store is far away.

    Raises:
        NewerError: a newer version of the code wrote one of them.
    """
    names = [(instance, entity) for instance in instances(lake) for entity in entities(lake, instance)]
    with ThreadPoolExecutor(8) as pool:
        return dict(zip(names, pool.map(lambda name: opened(lake, *name), names), strict=True))


def migrate(lake: str) -> None:
    """Bring every table to this code's layout.

    Raises:
        NewerError: a newer version of the code wrote one of them; nothing was changed.
        LakeAccessError: the lake cannot be reached or written.
        LakeError: another run is writing it.
    """
    with reaching(lake):
        for (instance, entity), table in tables(lake).items():
            try:
                bring_up(table)
            except CommitFailedError:
                raise LakeError(f"A pull of {instance}.{entity} is running: let it finish, then run again.") from None


def layouts(lake: str) -> dict[int, int]:
    """How many tables are of each layout.

    Raises:
        NewerError: a newer version of the code wrote one of them.
    """
    return dict(sorted(Counter(layout(table) for table in tables(lake).values()).items()))
