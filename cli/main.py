"""The `baton` command."""

import sys
from typing import NoReturn

import typer

from cli import alerts, backup, demo, dictionary, doctor, local, quarantine, run
from cli.quiet import quiet
from tasks.errors import BatonError

app = typer.Typer(
    name="baton", help="Measure the client handoff: scope creep, schedule variance, net revenue retention.",
    no_args_is_help=True, pretty_exceptions_enable=False,
)  # fmt: skip
app.add_typer(run.app, name="run")
app.add_typer(alerts.app, name="alerts")
for command in (
    demo.demo,
    doctor.doctor,
    quarantine.quarantine,
    dictionary.dictionary,
    local.up,
    local.down,
    backup.backup,
    backup.restore,
):
    app.command()(command)


def main() -> NoReturn:
    """Run the command; what a person must put right is one line on stderr and exit code 1."""
    quiet()
    try:
        app(standalone_mode=True)
    except BatonError as error:
        typer.secho(f"baton: {error}", fg=typer.colors.RED, err=True)
        sys.exit(1)
    sys.exit(0)
