"""The pretend company's systems on real sockets: `running` for tests and the demo, `python -m sandbox.serve` else."""

import argparse
import asyncio
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from sandbox.access import (
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    DESK_EMAIL,
    DESK_TOKEN,
    PORTAL_TOKEN,
    ROUTING_KEY,
    SLACK_TOKEN,
    TOKEN,
    Sandbox,
)
from sandbox.clock import Clock
from sandbox.control import control
from sandbox.faults import Fault, Faults
from sandbox.hubspot import hubspot
from sandbox.kantata import kantata
from sandbox.refusals import Faulty
from sandbox.rocketlane import rocketlane
from sandbox.salesforce import salesforce
from sandbox.sinks import Sinks, pagerduty, slack
from sandbox.tables import write
from sandbox.world import World
from sandbox.zendesk import zendesk

HOST = "127.0.0.1"


@contextmanager
def running(
    world: World,
    now: datetime,
    *,
    faults: Sequence[Fault | str] = (),
    ports: Sequence[int] = (0, 0, 0, 0, 0),
    around: Callable[[ASGIApp], ASGIApp] = lambda vendor: vendor,
) -> Iterator[Sandbox]:
    """Serve a world on loopback until the end of the block, its tables as files; port 0 is any free one.

    Ports in order: Salesforce, the PSAs (Kantata; Rocketlane and Zendesk under paths of their own), sinks, control,
    HubSpot. `around` wraps the vendors, inside their faults.

    Raises:
        ValueError: a fault is unknown, or the instant has no UTC offset.
        OSError: a port is taken.
    """
    clock, switches = Clock(world, now), Faults()
    switches.replace(faults)
    sinks = Sinks(clock, SLACK_TOKEN, ROUTING_KEY)
    certificates: dict[str, bytes] = {}
    apps = (
        Faulty(around(salesforce(clock, switches, CLIENT_ID, CLIENT_SECRET, certificates)), "salesforce", switches),
        Starlette(
            routes=[
                Mount("/api/1.0", Faulty(around(rocketlane(clock, switches, API_KEY)), "rocketlane", switches)),
                Mount("/api/v2", Faulty(around(zendesk(clock, switches, DESK_EMAIL, DESK_TOKEN)), "zendesk", switches)),
                Mount("/", Faulty(around(kantata(clock, switches, TOKEN)), "kantata", switches)),
            ]
        ),
        Starlette(
            routes=[
                Mount("/v2", Faulty(pagerduty(sinks), "pagerduty", switches)),
                Mount("/slack", Faulty(slack(sinks), "slack", switches)),
            ]
        ),
        control(clock, switches, sinks),
        Faulty(around(hubspot(clock, switches, PORTAL_TOKEN)), "hubspot", switches),
    )
    with ExitStack() as stack:
        sockets = [stack.enter_context(_bound(port)) for port in (*ports, 0)[: len(apps)]]
        crm, psa, alerts, switchboard, portal = (f"http://{HOST}:{bound.getsockname()[1]}" for bound in sockets)
        sources = crm, f"{psa}/api/v1", f"{psa}/api/1.0", f"{psa}/api/v2", portal
        channels = f"{alerts}/slack/{SLACK_TOKEN}", f"{alerts}/v2/enqueue"
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baton_company_")))
        clock.watchers.append(partial(write, clock, folder))
        clock.set(now)
        stack.enter_context(_serving(apps, sockets))
        yield Sandbox(*sources, *channels, switchboard, clock, switches, sinks, folder, certificates=certificates)


def _bound(port: int) -> socket.socket:
    # asyncio switches Nagle off only for sockets that say TCP; otherwise every answer waits 40 ms for an ACK.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        bound.listen(128)
    except OSError:
        bound.close()
        raise
    return bound


def _quiet(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="critical",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )


@contextmanager
def _serving(apps: Sequence[Any], sockets: Sequence[socket.socket]) -> Iterator[None]:
    """All servers on one event loop in one thread."""
    servers = [uvicorn.Server(_quiet(app)) for app in apps]

    async def serve() -> None:
        await asyncio.gather(*(server.serve([bound]) for server, bound in zip(servers, sockets, strict=True)))

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="sandbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        for server in servers:
            server.should_exit = True
        thread.join()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the pretend company until SIGTERM or Ctrl-C."""
    asked = _parser().parse_args(arguments)
    from sandbox.company import build  # takes seconds, and tests bring their own world

    world, ledger = build(asked.accounts, asked.seed)
    if asked.hubspot:
        from sandbox.company.portal import plant_portal

        plant_portal(world)
    if asked.rocketlane:
        from sandbox.company.rocketlane import add_rocketlane

        add_rocketlane(world, ledger.facts)
    if asked.certinia:
        from sandbox.company.certinia import add_certinia

        add_certinia(world, ledger.facts)
    if asked.zendesk:
        from sandbox.company.zendesk import add_zendesk

        add_zendesk(world)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with running(world, datetime.fromisoformat(asked.now), faults=asked.fault, ports=asked.ports) as sandbox:
        if asked.environment_file:
            variables = sandbox.environment() | (sandbox.hubspot_environment() if asked.hubspot else {})
            variables |= sandbox.rocketlane_environment() if asked.rocketlane else {}
            variables |= sandbox.certinia_environment() if asked.certinia else {}
            variables |= sandbox.zendesk_environment() if asked.zendesk else {}
            lines = "".join(f"{name}={value}\n" for name, value in variables.items())
            asked.environment_file.write_text(lines)
        print(
            f"ready salesforce={sandbox.salesforce_url} hubspot={sandbox.hubspot_url} kantata={sandbox.kantata_url} "
            f"rocketlane={sandbox.rocketlane_url} zendesk={sandbox.zendesk_url} slack={sandbox.slack_url} "
            f"pagerduty={sandbox.pagerduty_url} control={sandbox.control_url}",
            flush=True,
        )
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.serve", description=main.__doc__)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--now", default="2026-11-23T05:00:00Z", help="the sandbox clock, with its UTC offset")
    ports = ("CRM", "PSA", "SINKS", "CONTROL", "HUBSPOT")
    parser.add_argument("--ports", type=int, nargs=5, default=[0] * 5, metavar=ports)
    parser.add_argument("--rocketlane", action="store_true", help="the company keeps its projects in Rocketlane too")
    parser.add_argument("--certinia", action="store_true", help="and in Certinia, in the Salesforce org")
    parser.add_argument("--zendesk", action="store_true", help="the company keeps its tickets in Zendesk too")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME[:key=value,…]")
    parser.add_argument("--hubspot", action="store_true", help="show the customers as a HubSpot portal too")
    parser.add_argument("--environment-file", type=Path, help="write the BATON_… variables here")
    return parser


if __name__ == "__main__":
    main()
