"""The layout of the lake's tables, noted in the properties of each: they survive checkpoints and copies to any store.

Columns are no part of it: a new one is merged into its table by the first append that has it.

1  as Baton 0.1.0 made them, without the note
2  append-only by Delta's own rule: no tool can delete or overwrite what was known; compacting goes on
"""

from typing import Final

from deltalake import DeltaTable

from tasks.errors import NewerError

LAYOUT: Final = 2
KEY: Final = "baton.layout"
PROPERTIES: Final[dict[str, str]] = {KEY: str(LAYOUT), "delta.appendOnly": "true"}


def layout(table: DeltaTable) -> int:
    """The layout that a table is of."""
    return int(table.metadata().configuration.get(KEY, 1))


def known(table: DeltaTable) -> DeltaTable:
    """The table, if this code knows its layout.

    Raises:
        NewerError: it does not: what the table is, its layout, this code's, and what to do.
    """
    if layout(table) > LAYOUT:
        raise NewerError(
            f"The lake's table {table.table_uri} is of layout {layout(table)}, this code knows {LAYOUT}: a newer Baton "
            "wrote it. Nothing was changed: install that version again, or restore a backup made before it "
            "(docs/recovery.md)."
        )
    return table


def bring_up(table: DeltaTable) -> None:
    """Bring one table to this code's layout, in one commit; nothing when it is there already."""
    if layout(table) < LAYOUT:
        table.alter.set_table_properties(PROPERTIES, raise_if_not_exists=False)
