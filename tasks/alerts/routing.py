"""Where an alert goes: `config/routing.yaml`, first match wins, the last route takes what is left."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.problems import read
from config.settings import ROOT, Settings
from tasks.alerts.alert import Alert, Plane, Severity

Channel = Literal["console", "slack", "pagerduty"]


class Match(BaseModel):
    """What a route is for; a key left out matches everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plane: Plane | None = None
    severity: tuple[Severity, ...] = ()
    kind: tuple[str, ...] = ()
    asset: tuple[str, ...] = ()

    def fits(self, alert: Alert) -> bool:
        """Whether the alert is one of these."""
        wanted = ((self.severity, alert.severity), (self.kind, alert.kind), (self.asset, alert.asset))
        return self.plane in (None, alert.plane) and all(not allowed or value in allowed for allowed, value in wanted)


class Route(BaseModel):
    """Who hears of it, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Match
    owner: str
    escalation: str = ""  # who is next when nobody answers
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _pages_only_for_a_reason(self) -> Self:
        pages = "pagerduty" in self.channels
        if pages and (self.match.plane != "operations" or self.match.severity != ("critical",)):
            raise ValueError("only critical alerts of plane operations may go to pagerduty: say both in match")
        return self


class Routing(BaseModel):
    """Every route, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    routes: Annotated[tuple[Route, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_in_a_default(self) -> Self:
        if self.routes[-1].match != Match():
            raise ValueError("the last route must match everything: give it `match: {}`")
        return self

    def route(self, alert: Alert) -> Route:
        """The first route that fits."""
        return next(route for route in self.routes if route.match.fits(alert))


@cache
def routing(path: Path = ROOT / "config" / "routing.yaml") -> Routing:
    """The routes in `path`.

    Raises:
        ConfigError: a key is unknown, a page has no reason, or the default is missing; the message names it.
    """
    return read(path, Routing)


def channels(settings: Settings, route: Route) -> tuple[Channel, ...]:
    """The route's channels that are set up; the console always is."""
    ready = {"console": True, "slack": bool(settings.slack_webhook_url.get_secret_value())}
    ready["pagerduty"] = bool(settings.pagerduty.routing_key.get_secret_value())
    return tuple(channel for channel in route.channels if ready[channel]) or ("console",)
