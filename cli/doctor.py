"""`baton doctor`: are the configuration, the credentials, the field maps and the warehouse right?"""

from collections.abc import Iterator

import typer

from tasks.errors import BatonError


def doctor() -> None:
    """Check everything a first ingest needs, and say what to put right; exit 1 when anything is wrong."""
    wrong = 0
    for subject, is_ok, message in findings():
        mark = typer.style("ok", fg=typer.colors.GREEN) if is_ok else typer.style("!!", fg=typer.colors.RED)
        typer.echo(f" {mark}  {subject}: {message}")
        wrong += not is_ok
    if wrong:
        typer.secho(f"{wrong} to put right; nothing was pulled or written.", fg=typer.colors.RED, err=True)
        raise typer.Exit(1)
    typer.echo("Ready: baton run nightly")


def findings() -> Iterator[tuple[str, bool, str]]:
    """Each thing checked: what it is, whether it is right, and what was found or is to be done."""
    from config.policy import policy
    from config.settings import config_path, settings
    from tasks.alerts.routing import routing
    from tasks.core.calendar import exchange_rates, holidays
    from tasks.sources.check import check
    from tasks.warehouse.connect import probe, warehouse

    checks = (
        (config_path().name, lambda: f"{len(settings().sources)} sources"),
        ("policy.yaml", lambda: f"reports in {policy().reporting.currency}, {policy().reporting.timezone}"),
        ("holidays", lambda: f"{len(holidays(policy()))} days"),
        ("exchange rates", lambda: f"{exchange_rates(policy()).num_rows} monthly rates"),
        ("routing.yaml", lambda: f"{len(routing().rules)} rules"),
        ("warehouse", lambda: probe(warehouse(settings()))),
    )
    for subject, look in checks:
        try:
            yield subject, True, look()
        except BatonError as error:
            yield subject, False, str(error)
    try:
        sources = settings().sources
    except BatonError:
        return
    for instance in sources:
        for finding in check(instance, settings()):
            yield finding.subject, finding.is_ok, finding.message
