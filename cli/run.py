"""`baton run …`: start a flow from the command line, as the schedule would."""

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.ready import ready
from tasks.errors import BatonError

app = typer.Typer(help="Run a flow now, in this process.", no_args_is_help=True)
Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The business day; the last complete one by default.")
]


@app.command()
def nightly(as_of: Day = None) -> None:
    """Pull every source, then publish every metric of the day."""
    ready()
    from flows.nightly import nightly

    _finish(nightly(as_of.date() if as_of else None, return_state=True))


@app.command()
def ingest(
    source: str, entity: Annotated[list[str] | None, typer.Option(help="Only this entity; repeatable.")] = None
) -> None:
    """Pull what changed in one source into the lake."""
    ready()
    from flows.ingest import ingest

    _finish(ingest(source, entity or None, return_state=True))


@app.command()
def publish(as_of: Day = None) -> None:
    """Conform, check, measure and publish one day from what the lake holds."""
    ready()
    from flows.publish import publish

    _finish(publish(as_of.date() if as_of else None, return_state=True))


@app.command()
def backfill(
    first: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])],
    last: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])],
) -> None:
    """Publish every month end and the last day of a range again, with what is known now."""
    ready()
    from flows.backfill import backfill

    _finish(backfill(first.date(), last.date(), return_state=True))


@app.command("close-month")
def close_month(month: Annotated[datetime, typer.Argument(formats=["%Y-%m"])]) -> None:
    """Make a month's published MRR final."""
    from flows.close_month import close_month

    _finish(close_month(month.date(), return_state=True))


def _finish(state: Any) -> None:
    """Say how the run ended; a failed one exits 1, and says what to put right."""
    if not state.is_completed():
        typer.secho(f"baton: {_reason(state)}", fg=typer.colors.RED, err=True)
        raise typer.Exit(1)
    typer.echo(state.message or "done")


def _reason(state: Any) -> str:
    """Our own error's words where one ended the run; a flow that returned `Failed` says them in its message."""
    error = getattr(state, "data", None) and state.result(raise_on_failure=False)
    return str(error) if isinstance(error, BatonError) else state.message or state.name
