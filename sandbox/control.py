"""The sandbox's own switches over HTTP: its clock, its faults, and what the sinks received."""

from datetime import datetime
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.faults import Faults, from_mapping
from sandbox.refusals import encoded
from sandbox.sinks import Sinks


def control(clock: Clock, faults: Faults, sinks: Sinks) -> Starlette:
    """GET and POST /clock; GET, POST and DELETE /faults; GET /slack, /pagerduty, /health; DELETE /sinks."""

    async def health(_request: Request) -> Response:
        return encoded({"status": "ok", "now": clock.now.isoformat()})

    async def show_clock(request: Request) -> Response:
        if request.method == "POST":
            try:
                clock.set(datetime.fromisoformat((await _body(request))["now"]))
            except (ValueError, KeyError, TypeError):
                return encoded({"error": 'Send {"now": "2026-11-23T05:00:00Z"}.'}, 400)
        return encoded({"now": clock.now.isoformat()})

    async def show_faults(request: Request) -> Response:
        if request.method == "DELETE":
            faults.replace(())
        if request.method == "POST":
            try:
                faults.add(from_mapping(await _body(request)))
            except (ValueError, TypeError, AttributeError) as error:
                return encoded({"error": str(error)}, 400)
        return encoded(faults.counts())

    async def slack(_request: Request) -> Response:
        return encoded(sinks.messages)

    async def pagerduty(_request: Request) -> Response:
        return encoded({"incidents": sinks.shown(), "events": sinks.events})

    async def empty(_request: Request) -> Response:
        sinks.empty()
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/slack", slack),
            Route("/pagerduty", pagerduty),
            Route("/clock", show_clock, methods=["GET", "POST"]),
            Route("/faults", show_faults, methods=["GET", "POST", "DELETE"]),
            Route("/sinks", empty, methods=["DELETE"]),
        ]
    )


async def _body(request: Request) -> Any:
    return orjson.loads(await request.body())
