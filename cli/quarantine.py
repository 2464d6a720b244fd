"""`baton quarantine`: the rows that the last publish held back, and why."""

import typer
from rich.console import Console
from rich.table import Table


def quarantine() -> None:
    """List the rows held back by the newest run that checked any, by table and rule."""
    from config.settings import settings
    from tasks.warehouse.connect import warehouse
    from tasks.warehouse.serving import rows

    found = rows(
        warehouse(settings()),
        "SELECT core_table, severity, rule, min(reason) AS reason, count(*) AS held, min(row_id) AS example "
        "FROM ops.quarantine WHERE is_newest AND as_of = (SELECT max(as_of) FROM ops.quarantine) "
        "GROUP BY core_table, severity, rule ORDER BY severity, core_table, rule",
    )
    if not found:
        typer.echo("Nothing is held back.")
        return
    table = Table("table", "severity", "rows", "example", "why and what to do")
    for one in found:
        table.add_row(one["core_table"], one["severity"], str(one["held"]), one["example"], one["reason"])
    Console().print(table)
