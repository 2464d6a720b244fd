"""`baton alerts`: what is open, and what was."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="What is wrong now, in the runs and in the business.", invoke_without_command=True)


@app.callback()
def alerts(
    kind: Annotated[str, typer.Option(help="Only this kind, e.g. scope_creep.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
) -> None:
    """List the open alerts, worst first."""
    from config.settings import settings
    from tasks.alerts.alert import SEVERITIES
    from tasks.warehouse.connect import warehouse
    from tasks.warehouse.serving import rows

    found = rows(
        warehouse(settings()),
        "SELECT severity, kind, entity, title, status, first_seen, occurrences FROM ops.alert_state "
        "WHERE (:every OR status = 'open') AND (:kind = '' OR kind = :kind)",
        every=every, kind=kind,
    )  # fmt: skip
    table = Table("severity", "kind", "what", "since", "seen", "status")
    for one in sorted(found, key=lambda row: (SEVERITIES.index(row["severity"]), row["kind"], row["entity"] or "")):
        since = f"{one['first_seen']:%Y-%m-%d}"
        table.add_row(one["severity"], one["kind"], one["title"], since, str(one["occurrences"]), one["status"])
    Console().print(table if found else "No alert is open.")
