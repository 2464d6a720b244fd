"""The sandbox's vendors with many records, in a process of their own and as fast as an HTTP server in Python can be.

Each page is answered by the sandbox itself the first time and given again, byte for byte, from then on: the contestants
then wait for bytes and not for the sandbox's work.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import requests
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.company import build
from sandbox.org import stamped
from sandbox.serve import running
from sandbox.world import Version, World

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)  # the records' stamps are spread over
ENTRIES, SUBSCRIPTIONS = ("kantata", "time_entries"), ("salesforce", "SBQQ__Subscription__c")


@dataclass(frozen=True)
class Vendors:
    """Where the servers are, and the variables that point Baton at them."""

    environment: dict[str, str]
    control_url: str

    def far_away(self, seconds: float) -> None:
        """Let every answer take this much longer."""
        requests.delete(f"{self.control_url}/faults", timeout=10)
        if seconds:
            late = {"name": "timeout", "seconds": seconds, "times": 1_000_000}
            requests.post(f"{self.control_url}/faults", json=late, timeout=10)


@contextmanager
def vendors(records: int) -> Iterator[Vendors]:
    """Serve a Kantata with as many time entries and a Salesforce with as many subscriptions until the block ends."""
    command = [sys.executable, "-m", "benchmarks.vendors", str(records)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        lines = dict(line.rstrip("\n").split("=", 1) for line in iter(process.stdout.readline, "ready\n"))
        yield Vendors(lines, lines.pop("control"))
        process.stdin.close()


@dataclass(frozen=True)
class Remembered:
    """A vendor that answers a GET it has answered before with the same messages."""

    app: ASGIApp
    answers: dict[tuple[str, bytes], list[Message]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or remember the answer."""
        if scope["method"] != "GET":
            return await self.app(scope, receive, send)
        key = (scope["path"], scope["query_string"])
        if key not in self.answers:
            kept: list[Message] = []

            async def keep(message: Message) -> None:
                kept.append(message)

            await self.app(scope, receive, keep)
            self.answers[key] = kept
        for message in self.answers[key]:
            await send(message)


def world(records: int) -> World:
    """A small company whose time entries and subscriptions come again and again under new ids and stamps."""
    made, _ = build(40, seed=7)
    for vendor, kind in (ENTRIES, SUBSCRIPTIONS):
        models = [versions[-1].record for versions in made.records[vendor, kind].values()]
        made.records[vendor, kind] = {}
        for number in range(records):
            at = (NOW - YEARS + YEARS * number / records).replace(microsecond=0)
            if vendor == "kantata":
                own = {"id": str(900_000_000 + number), "updated_at": at.isoformat()}
            else:
                own = {"Id": f"a0X8d{number:010d}EAA", "SystemModstamp": stamped(at), "LastModifiedDate": stamped(at)}
            record = {**models[number % len(models)], **own}
            made.add(vendor, kind, str(number), Version(at, at, record))
    return made


def main() -> None:
    """Serve until standard input ends."""
    with running(world(int(sys.argv[1])), NOW, around=Remembered) as sandbox:
        by_rest = {"BATON_SOURCES__SALESFORCE__BULK_OVER": "1000000000"}  # as those it is compared with read
        for name, value in (sandbox.environment() | by_rest | {"control": sandbox.control_url}).items():
            print(f"{name}={value}")
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
