"""`baton doctor`: whether the configuration, the credentials, the field maps, the warehouse and the lake are right."""

from collections.abc import Callable, Iterator

import typer

from tasks.errors import BatonError

Found = tuple[str, bool, str]  # the subject, whether it is right, what was found or is to be done


def doctor() -> None:
    """Check everything a first ingest needs, and say what to put right; exit 1 when anything is wrong."""
    wrong = 0
    for subject, is_ok, message in findings():
        mark = typer.style("ok", fg=typer.colors.GREEN) if is_ok else typer.style("!!", fg=typer.colors.RED)
        typer.echo(f" {mark}  {subject}: {message}")
        wrong += not is_ok
    if wrong:
        typer.secho(f"{wrong} to put right; nothing was pulled or published.", fg=typer.colors.RED, err=True)
        raise typer.Exit(1)
    typer.echo("Ready: baton run nightly")


def findings() -> Iterator[Found]:
    """Each thing checked; what rests on something that is wrong is not looked at, so that one fault is one finding."""
    from config.settings import config_path
    from tasks.alerts.routing import routing

    settled = yield from _tried(config_path().name, _sources)
    if (yield from _tried("policy.yaml", _reporting)):
        yield from _tried("holidays", _holidays)
        yield from _tried("exchange rates", _rates)
    yield from _tried("routing.yaml", lambda: f"{len(routing().routes)} routes")
    if settled:
        is_right = yield from _tried("warehouse", _warehouse)
        if is_right or _has_lake_url():  # else both would be in a home that cannot be written
            yield from _tried("lake", _lake)
        yield from _every_source()


def _tried(subject: str, look: Callable[[], str]) -> Iterator[Found]:
    """The finding of one look; returns whether it was good."""
    try:
        yield subject, True, look()
    except BatonError as error:
        yield subject, False, str(error)
        return False
    return True


def _sources() -> str:
    from config.settings import settings

    names = list(settings().sources)
    return f"{len(names)} sources ({', '.join(names)})"


def _reporting() -> str:
    from config.policy import policy

    return f"reports in {policy().reporting.currency}, {policy().reporting.timezone}"


def _holidays() -> str:
    from config.policy import policy
    from tasks.core.calendar import holidays

    return f"{len(holidays(policy()))} days"


def _rates() -> str:
    from config.policy import policy
    from tasks.core.calendar import exchange_rates

    return f"{exchange_rates(policy()).num_rows} monthly rates"


def _warehouse() -> str:
    from config.settings import settings
    from tasks.stores.start import versions
    from tasks.warehouse.connect import probe, warehouse
    from tasks.warehouse.schema import newest

    where = warehouse(settings())
    found = probe(where)
    schemas = [_version(f"schema {half}", held, newest(half)) for half, held in versions(where).items()]
    return ", ".join([found, *schemas])


def _lake() -> str:
    from config.settings import settings
    from tasks.lake.layout import LAYOUT
    from tasks.lake.migrate import layouts
    from tasks.lake.probe import probe

    found = probe(settings().lake)
    tables = [_version(f"{count} tables of layout", at, LAYOUT) for at, count in layouts(settings().lake).items()]
    return ", ".join([found, *(tables or ["empty"])])


def _version(what: str, held: object, newest: object) -> str:
    return f"{what} {held or 'not versioned yet'}" + ("" if held == newest else f" (the next run makes it {newest})")


def _has_lake_url() -> bool:
    """Whether the lake is elsewhere than the rest of the state."""
    from config.settings import settings

    return bool(settings().lake_url)


def _every_source() -> Iterator[Found]:
    from config.settings import settings
    from tasks.sources.check import check

    for instance in settings().sources:
        for finding in check(instance, settings()):
            yield finding.subject, finding.is_ok, finding.message
