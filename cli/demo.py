"""`baton demo`: the real nightly flow over a pretend company, then the numbers a person would want to see."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from config.policy import ROOT

HOME = ROOT / "var" / "demo"


def demo(
    accounts: Annotated[int, typer.Option(min=20, help="How many customers the pretend company has.")] = 200,
    home: Annotated[Path, typer.Option(help="Where the demo's lake and warehouse go.")] = HOME,
) -> None:
    """Run four nights of a pretend company (three month ends and today) and show what they say."""
    console = Console()
    with sandbox(accounts, home, console) as (company, days):
        from cli.summary import summary
        from config.settings import settings
        from flows.nightly import nightly

        failed = []
        for clock, as_of in days:
            company.set_clock(clock)
            os.environ["BATON_NOW"] = clock.isoformat()
            settings.cache_clear()
            with console.status(
                f"nightly for {as_of}: pulling Salesforce and Kantata, checking, measuring, publishing …"
            ):
                started = datetime.now().astimezone()
                state = nightly(as_of, return_state=True)
            took = (datetime.now().astimezone() - started).total_seconds()
            mark = "[green]✓[/]" if state.is_completed() else "[red]✗[/]"
            console.print(f" {mark} nightly {as_of}  {took:4.0f} s  {state.message or ''}")
            failed += [] if state.is_completed() else [as_of]
        summary(console, settings(), last=days[-1][1])
    if failed:
        raise typer.Exit(1)


@contextmanager
def sandbox(accounts: int, home: Path, console: Console) -> Iterator[tuple]:  # type: ignore[type-arg]
    """The pretend company behind real HTTP, and this process pointed at it."""
    from sandbox.company import DEMO_DAYS, build
    from sandbox.serve import running

    console.print(
        f"[bold]A pretend company with {accounts} accounts[/], its Salesforce and its Kantata on loopback HTTP"
    )
    world, _ledger = build(accounts)
    with running(world, DEMO_DAYS[0][0]) as company:
        os.environ.update(company.environment())
        os.environ["BATON_HOME"] = str(home)
        yield company, DEMO_DAYS
