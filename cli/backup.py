"""`baton backup` and `baton restore`: the whole installation, to a folder and back."""

from pathlib import Path
from typing import Annotated

import typer


def backup(folder: Annotated[Path, typer.Argument(help="Where to; it must be new or empty.")]) -> None:
    """Save warehouse and lake to a folder; runs may go on."""
    from config.settings import settings
    from tasks.stores.backup import back_up

    made = back_up(settings(), folder, settings().clock())
    typer.echo(f"saved to {folder}: {_said(made.warehouse, made.lake)}")


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `baton backup` made.")],
    replace: Annotated[bool, typer.Option(help="Lose what the installation holds.")] = False,
) -> None:
    """Put a backup into an empty installation; stop the schedules first (docs/recovery.md)."""
    from config.settings import settings
    from tasks.stores.restore import restore

    made = restore(settings(), folder, replace=replace)
    typer.echo(f"restored as of {made.made_at:%Y-%m-%d %H:%M} UTC: {_said(made.warehouse, made.lake)}")


def _said(warehouse: dict, lake: dict) -> str:  # type: ignore[type-arg]
    rows = f"{sum(warehouse.values()):,} rows of {len(warehouse)} tables"
    return f"warehouse {rows}; lake {sum(table.rows for table in lake.values()):,} rows of {len(lake)} tables"
