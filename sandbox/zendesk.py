"""A Zendesk account as its API shows it: the incremental export of tickets, lists by cursor, refusals."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.refusals import encoded, target, zendesk_error
from sandbox.world import Version

UNSETTLED = timedelta(minutes=1)  # what changed so lately is not exported yet, and no export starts there
LISTS = ("tickets", "satisfaction_ratings", "organizations", "groups", "ticket_fields")
Record = dict[str, Any]
Row = tuple[int, int, Record]  # when it last changed, its id, and the ticket


@dataclass
class Desk:
    """One account: how to get in, and the tickets that changed while somebody was reading."""

    clock: Clock
    faults: Faults
    email: str
    token: str
    moved: dict[tuple[int, int], int] = field(default_factory=dict)  # (id, changed at) -> changed at since

    def records(self, resource: str) -> list[Record]:
        """Every record of a resource as shown, by rising id; deleted tickets are in the export only."""
        versions = [one for one in self.clock.state("zendesk", resource) if one.deletion is None]
        return sorted((self._shown(resource, one) for one in versions), key=lambda record: record["id"])

    def changes(self) -> list[Row]:
        """Every ticket, deleted ones too, in the order of its last change."""
        latest = int((self.clock.now - UNSETTLED).timestamp())
        rows = (self._change(version) for version in self.clock.state("zendesk", "tickets"))
        return sorted((row for row in rows if row[0] <= latest), key=lambda row: row[:2])

    def _change(self, version: Version) -> Row:
        shown = self._shown("tickets", version)
        if version.deletion == "soft":
            shown |= {"status": "deleted", "subject": "SCRUBBED"}
        key, at = shown["id"], int(version.visible_at.timestamp())
        at = self.moved.get((key, at), at)
        return at, key, shown | {"generated_timestamp": at}

    def _shown(self, resource: str, version: Version) -> Record:
        gone = self.faults.hidden("zendesk", resource)
        return {name: value for name, value in version.record.items() if name not in gone}

    def move(self, rows: list[Row]) -> None:
        """Change tickets that were read already: they come again at the stream's end."""
        latest = int((self.clock.now - UNSETTLED).timestamp())
        for at, key, _ in rows:
            self.moved[key, at] = latest


def zendesk(clock: Clock, faults: Faults, email: str, token: str) -> Starlette:
    """The account's web application, under the address it is mounted at."""
    desk = Desk(clock, faults, email, token)

    def guarded(answer: Callable[[Desk, Request], Response]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            return answer(desk, request) if _is_known(desk, request) else _unknown()

        return endpoint

    return Starlette(
        routes=[
            Route(f"/{name}{suffix}", guarded(answer))
            for name, answer in {
                "incremental/tickets/cursor": _export,
                "users/me": _me,
                **dict.fromkeys(LISTS, _list),
            }.items()
            for suffix in ("", ".json")
        ],
        exception_handlers={404: _nowhere},
    )


def _is_known(desk: Desk, request: Request) -> bool:
    basic = b64encode(f"{desk.email}/token:{desk.token}".encode()).decode()
    return request.headers.get("authorization") in (f"Basic {basic}", f"Bearer {desk.token}")


def _unknown() -> Response:
    return encoded({"error": "Couldn't authenticate you"}, 401)


async def _nowhere(_request: Request, _error: Exception) -> Response:
    return zendesk_error(404, "RecordNotFound", "Not found")


def _me(_desk: Desk, _request: Request) -> Response:
    return encoded({"user": {"id": 1, "role": "admin", "active": True}})


def _export(desk: Desk, request: Request) -> Response:
    """The tickets after a place in the stream; the place is a change's second and a ticket's id."""
    params, where = request.query_params, target(request.scope)
    size = int(params.get("per_page", "1000"))
    if not 1 <= size <= 1000:
        return zendesk_error(400, "InvalidPageSize", "per_page must be between 1 and 1000")
    if "cursor" in params:
        at, key = (int(part) for part in b64decode(params["cursor"]).decode().split("||"))
    else:
        at, key = int(params.get("start_time", "0")), -1
        if at > (desk.clock.now - UNSETTLED).timestamp():
            return zendesk_error(400, "StartTimeTooRecent", "start_time must be older than a minute")
    stream = desk.changes()
    rest = [row for row in stream if row[:2] > (at, key)]
    page = rest[:size]
    if page and "cursor" in params and (fault := desk.faults.due(("moving_rows",), "zendesk", where)):
        desk.move([row for row in stream if row[:2] <= (at, key)][-fault.rows :])
    shown = [_asked(row[2], params) for row in page]
    if shown and "cursor" in params and desk.faults.due(("duplicate_rows",), "zendesk", where):
        shown = [_asked(row[2], params) for row in stream if row[:2] <= (at, key)][-1:] + shown
    is_endless = desk.faults.due(("endless_stream",), "zendesk", where) is not None
    after = params.get("cursor") if is_endless else _cursor(page[-1] if page else (at, key, {}))
    body = {"tickets": shown, "after_cursor": after, "before_cursor": None}
    return encoded(body | {"end_of_stream": len(rest) <= size and not is_endless})


def _cursor(row: Row) -> str:
    return b64encode(f"{row[0]}||{row[1]}".encode()).decode()


def _asked(ticket: Record, params: Mapping[str, str]) -> Record:
    """The ticket, with its metrics only where they were asked for."""
    return {
        name: one for name, one in ticket.items() if name != "metric_set" or "metric_sets" in params.get("include", "")
    }


def _list(desk: Desk, request: Request) -> Response:
    """A page by id; its cursor is the last one's id."""
    params, where = request.query_params, target(request.scope)
    resource = request.url.path.rpartition("/")[2].removesuffix(".json")
    size = int(params.get("page[size]", "100"))
    if not 1 <= size <= 100:
        return zendesk_error(400, "InvalidPaginationParameter", "page[size] must be between 1 and 100")
    rows = desk.records(resource)
    if resource == "satisfaction_ratings" and "start_time" in params:
        rows = [row for row in rows if row["created_at"] >= _iso(desk, int(params["start_time"]))]
    after = int(b64decode(params["page[after]"])) if "page[after]" in params else -1
    rest = [row for row in rows if row["id"] > after]
    shown = rest[:size]
    if after > 0 and shown and desk.faults.due(("duplicate_rows",), "zendesk", where):
        shown = [row for row in rows if row["id"] <= after][-1:] + shown
    cursor = b64encode(str(rest[size - 1]["id"]).encode()).decode() if len(rest) > size else None
    meta = {"has_more": cursor is not None, "after_cursor": cursor, "before_cursor": None}
    return encoded({resource: [_asked(row, params) for row in shown], "meta": meta})


def _iso(desk: Desk, seconds: int) -> str:
    return f"{desk.clock.now.fromtimestamp(seconds, desk.clock.now.tzinfo):%Y-%m-%dT%H:%M:%SZ}"
