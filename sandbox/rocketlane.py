"""A Rocketlane account as its API shows it: pages by tokens that die, attributes on request, `match` any by default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.refusals import encoded, rocketlane_error, target
from sandbox.rocketlane_objects import OBJECTS, Listed, Params, Record, Unacceptable, check, found, shown

TOKEN_LIFE = timedelta(minutes=15)
PAGING = ("pageToken", "pageSize", "limit")


@dataclass(frozen=True)
class Place:
    """Where a page token points: the parameters it was made for, the offset, and when it was made."""

    params: frozenset[tuple[str, str]]
    offset: int
    made_at: datetime


@dataclass
class Account:
    """One account: its key, the tokens it gave, and the rows that were re-stamped while somebody was reading."""

    clock: Clock
    faults: Faults
    key: str
    tokens: dict[str, Place] = field(default_factory=dict)
    moved: dict[tuple[str, int, int], int] = field(default_factory=dict)
    requests: int = 0

    def records(self, resource: str) -> list[Record]:
        """Every record of a resource, archived and deleted ones too."""
        name = OBJECTS[resource].id

        def now() -> list[Record]:
            held = [version.record for version in self.clock.state("rocketlane", resource)]
            return [self._stamped(resource, record[name], record) for record in held]

        return self.clock.once(("rocketlane", resource), now)

    def _stamped(self, resource: str, key: int, record: Record) -> Record:
        again = self.moved.get((resource, key, record.get("updatedAt", 0)))
        return record if again is None else {**record, "updatedAt": again}

    def walk(self, resource: str, params: Params) -> list[Record]:
        """What a list call pages over."""
        listed = OBJECTS[resource]
        match = params.get("match", "any")
        gone = frozenset(self.faults.hidden("rocketlane", "fields")) if resource == "fields" else frozenset()
        asked = frozenset((name, value) for name, value in params.items() if name not in (*PAGING, "includeFields"))

        def now() -> list[Record]:
            there = [record for record in self.records(resource) if record.get("fieldLabel") not in gone]
            return found(listed, there, params, match)

        return self.clock.once(("walk", resource, asked, gone), now)

    def token(self, params: Params, offset: int) -> str:
        """A new token for the page at an offset."""
        name = str(UUID(int=len(self.tokens) + 1))
        self.tokens[name] = Place(signature(params), offset, self.clock.now)
        return name

    def offset(self, params: Params) -> int | None:
        """Where a request's page begins; none when its token is unknown, dead or made for something else."""
        if "pageToken" not in params:
            return 0
        place = self.tokens.get(params["pageToken"])
        if place is None or place.params != signature(params) or self.clock.now - place.made_at > TOKEN_LIFE:
            return None
        return place.offset


def signature(params: Params) -> frozenset[tuple[str, str]]:
    """The parameters that must stay the same from page to page."""
    return frozenset((name, value) for name, value in params.items() if name != "pageToken")


def rocketlane(clock: Clock, faults: Faults, key: str) -> Starlette:
    """The account's web application, under the address it is mounted at."""
    account = Account(clock, faults, key)

    async def index(request: Request) -> Response:
        return _identified(account, _index(account, request, request.path_params["resource"]))

    async def show(request: Request) -> Response:
        return _identified(account, _show(account, request, **request.path_params))

    async def lines(request: Request) -> Response:
        return _identified(account, _index(account, request, "lines", int(request.path_params["key"])))

    return Starlette(
        routes=[
            Route("/{resource}", index),
            Route("/{resource}/{key}", show),
            Route("/invoices/{key:int}/lines", lines),
        ]
    )


def _identified(account: Account, response: Response) -> Response:
    account.requests += 1
    response.headers["X-Request-Id"] = str(UUID(int=account.requests))
    return response


def _refused(account: Account, request: Request, resource: str, is_below: bool = False) -> Response | None:
    if request.headers.get("api-key") != account.key:
        return rocketlane_error(401, "NOT_AUTHORIZED", "Not Authorized: User not authorized")
    if resource not in OBJECTS or (resource == "lines") is not is_below:
        return rocketlane_error(404, "NOT_FOUND", "Not Found: Resource not found")
    return None


def _index(account: Account, request: Request, resource: str, invoice: int | None = None) -> Response:
    if refused := _refused(account, request, resource, is_below=invoice is not None):
        return refused
    listed, params = OBJECTS[resource], dict(request.query_params)
    if invoice is not None:
        params["invoiceId"] = str(invoice)
    try:
        check(listed, params)
    except Unacceptable as wrong:
        return rocketlane_error(400, "BAD_REQUEST", f"Bad Request: {wrong} is not valid", str(wrong))
    where = target(request.scope)
    offset = account.offset(params)
    if offset is None or (offset and account.faults.due(("page_token_expired",), "rocketlane", where)):
        return rocketlane_error(400, "BAD_REQUEST", "Bad Request: Page token has expired", "pageToken")
    if offset and (fault := account.faults.due(("moving_rows",), "rocketlane", where)):
        _move(account, resource, params, offset, fault.rows)
    if account.faults.due(("match_ignored",), "rocketlane", where):
        params["match"] = "any"
    return _page(account, request, listed, resource, params, offset)


def _page(
    account: Account, request: Request, listed: Listed, resource: str, params: dict[str, str], offset: int
) -> Response:
    walk, size = account.walk(resource, params), int(params.get("pageSize", "100"))
    rows = walk[offset : offset + size]
    if offset and rows and account.faults.due(("duplicate_rows",), "rocketlane", target(request.scope)):
        rows = [walk[offset - 1], *rows]
    has_more = offset + size < len(walk)
    pagination: dict[str, Any] = {"pageSize": size, "hasMore": has_more, "totalRecordCount": len(walk)}
    if has_more:
        asked = {**params, **request.query_params}
        token = account.token(asked, offset + size)
        address = str(request.url.include_query_params(pageToken=token, limit=size))
        pagination |= {"nextPage": address, "nextPageToken": token}
    data = [shown(resource, record, params, account.faults) for record in rows]
    return encoded({"data": data, "pagination": pagination})


def _show(account: Account, request: Request, resource: str, key: str) -> Response:
    if refused := _refused(account, request, resource):
        return refused
    params: Mapping[str, str] = dict(request.query_params)
    there = {str(record[OBJECTS[resource].id]): record for record in account.records(resource)}
    if key not in there:
        return rocketlane_error(404, "NOT_FOUND", "Not Found: Record not found")
    return encoded(shown(resource, there[key], params, account.faults))


def _move(account: Account, resource: str, params: Params, offset: int, rows: int) -> None:
    """Re-stamp rows that were already read: they leave the window, and every later page shifts."""
    name = OBJECTS[resource].id
    for record in account.walk(resource, params)[max(offset - rows, 0) : offset]:
        stamp = record["updatedAt"]
        account.moved[resource, record[name], stamp] = int(account.clock.now.timestamp() * 1000)
    account.clock.forget()
