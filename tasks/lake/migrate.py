"""The whole lake to this code's layout; one that a newer version of the code wrote is refused before any change."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from tasks.errors import LakeError
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
        LakeError: the lake cannot be written, or another run is writing it.
    """
    try:
        for table in tables(lake).values():
            bring_up(table)
    except DeltaError as error:
        raise LakeError(
            f"The lake cannot be migrated ({type(error).__name__}): let other runs finish, check that its folder or "
            "bucket can be written, then run again."
        ) from None


def layouts(lake: str) -> dict[int, int]:
    """How many tables are of each layout.

    Raises:
        NewerError: a newer version of the code wrote one of them.
    """
    return dict(sorted(Counter(layout(table) for table in tables(lake).values()).items()))
