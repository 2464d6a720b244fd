"""A Kantata account as its API shows it: id-keyed envelopes, silent caps and defaults, hidden rows, the event feed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.pages import meta, paging
from sandbox.refusals import encoded, kantata_error, target
from sandbox.resources import RESOURCES, Resource, Row, is_hidden, matching, moment, ordered
from sandbox.world import Version

PAGING = ("page", "per_page", "limit", "offset", "include", "optional_fields", "only")  # change no order
Params = Mapping[str, str]


@dataclass
class Office:
    """One account: its token, and the rows that were re-stamped while somebody was reading."""

    clock: Clock
    faults: Faults
    token: str
    moved: dict[tuple[str, str, datetime], datetime] = field(default_factory=dict)
    requests: int = 0

    def rows(self, kind: str) -> list[Row]:
        """Every row of a resource, archived and deleted ones too."""
        versions = self.clock.state("kantata", kind)
        return self.clock.once(("kantata", kind), lambda: [self._row(kind, version) for version in versions])

    def _row(self, kind: str, version: Version) -> Row:
        stamp = version.updated_at.isoformat(timespec="seconds")
        record: dict[str, Any] = {"created_at": stamp, "updated_at": stamp} | dict(version.record)
        again = self.moved.get((kind, str(record["id"]), version.updated_at))
        if again:
            zone = datetime.fromisoformat(record["updated_at"]).tzinfo
            record |= {"updated_at": again.astimezone(zone).isoformat(timespec="seconds")}
        return Row.of(record, version.updated_at)

    def by_id(self, kind: str) -> dict[str, Row]:
        """The rows of a resource by id."""
        return self.clock.once(("ids", kind), lambda: {row.id: row for row in self.rows(kind)})

    def shown(self, resource: Resource, params: Params) -> list[Row]:
        """The rows a list call walks over, in its order."""
        asked = frozenset((name, value) for name, value in params.items() if name not in PAGING)
        gone = frozenset(self.faults.hidden("kantata", resource.name))
        return self.clock.once(("walk", resource.name, asked, gone), lambda: self._walk(resource, params, gone))

    def _walk(self, resource: Resource, params: Params, gone: frozenset[str]) -> list[Row]:
        archived = {row.id for row in self.rows("workspaces") if row.record.get("archived")}
        name_of = {"custom_fields": "name", "custom_field_values": "custom_field_name"}.get(resource.name, "")
        kept = [
            row
            for row in self.rows(resource.name)
            if row.record.get(name_of) not in gone and not is_hidden(resource.name, row, params, archived)
        ]
        found = ordered(resource, matching(resource, kept, params, self.clock.now), params.get("order", ""))
        return repeated(found) if resource.name == "subscribed_events" else found


def repeated(rows: list[Row]) -> list[Row]:
    """The event feed: about one event in seven comes twice, the second time three places later."""
    placed = [(at, row) for at, row in enumerate(rows)]
    again = [(at + 3.5, row) for at, row in placed if crc32(f"again {row.id}".encode()) % 7 == 0]
    return [row for _, row in sorted([*placed, *again], key=lambda pair: pair[0])]


def kantata(clock: Clock, faults: Faults, token: str) -> Starlette:
    """The account's web application, under /api/v1."""
    office = Office(clock, faults, token)

    async def index(request: Request) -> Response:
        return _identified(office, _index(office, request, request.path_params["kind"].removesuffix(".json")))

    async def show(request: Request) -> Response:
        wanted = request.path_params["key"].removesuffix(".json")
        return _identified(office, _show(office, request, request.path_params["kind"], wanted))

    async def missing(_request: Request, _error: Exception) -> Response:
        return _identified(office, kantata_error(404, "system", "The requested resource could not be found"))

    return Starlette(
        routes=[Route("/api/v1/{kind}", index), Route("/api/v1/{kind}/{key}", show)], exception_handlers={404: missing}
    )


def _identified(office: Office, response: Response) -> Response:
    office.requests += 1
    response.headers["x-request-id"] = str(UUID(int=office.requests))
    return response


def _refused(office: Office, request: Request, kind: str) -> Response | None:
    if request.headers.get("authorization", "") != f"Bearer {office.token}":
        return kantata_error(401, "oauth", "Invalid OAuth 2 Request")
    if kind not in RESOURCES:
        return kantata_error(404, "system", "The requested resource could not be found")
    return None


def _index(office: Office, request: Request, kind: str) -> Response:
    if refused := _refused(office, request, kind):
        return refused
    resource, params = RESOURCES[kind], dict(request.query_params)
    if only := params.get("only"):
        wanted = set(only.split(","))
        rows = list({row.id: row for row in office.shown(resource, params) if row.id in wanted}.values())
        return envelope(office, resource, params, rows, meta(params, len(rows)))
    offset, size = paging(params)
    if offset and (fault := office.faults.due(("moving_rows",), "kantata", target(request.scope))):
        _move(office, resource, params, offset, fault)
    walk = office.shown(resource, params)
    rows = walk[offset : offset + size]
    if offset and rows and office.faults.due(("duplicate_rows",), "kantata", target(request.scope)):
        rows = [walk[offset - 1], *rows]
    return envelope(office, resource, params, rows, meta(params, len(walk)))


def _show(office: Office, request: Request, kind: str, key: str) -> Response:
    if refused := _refused(office, request, kind):
        return refused
    resource, params = RESOURCES[kind], dict(request.query_params)
    rows = [row for row in office.shown(resource, params) if row.id == key][:1]
    if not rows:
        return kantata_error(404, "system", "The requested record could not be found")
    return envelope(office, resource, params, rows, meta({}, 1))


def _move(office: Office, resource: Resource, params: Params, offset: int, fault: Fault) -> None:
    """Re-stamp rows that were already read: in the order of updated_at they move to the end and all others shift.

    They stay inside the window that was asked for, so the count alone does not tell.
    """
    walk = office.shown(resource, params)
    latest = max((row.updated for row in walk), default=0)
    before = moment(params.get("updated_before"))
    later = latest + 1 if before is None or latest + 1 < before else latest
    first = fault.seed % max(offset - fault.rows + 1, 1)
    for row in walk[first : min(first + fault.rows, offset)]:
        office.moved[resource.name, row.id, row.stamp] = datetime.fromtimestamp(later, UTC)
    office.clock.forget()


def envelope(office: Office, resource: Resource, params: Params, rows: list[Row], numbers: dict[str, int]) -> Response:
    """The body of every answer: order in `results`, records keyed by id, included types as objects of their own."""
    asked = params.get("include", "").split(",")
    optional = params.get("optional_fields", "").split(",")
    hidden = office.faults.hidden("kantata", resource.name)
    results = [{"key": resource.name, "id": row.id} for row in rows]
    body: dict[str, Any] = {"count": numbers["count"], "results": results, resource.name: {}}
    for name in asked:
        if name not in resource.includes:
            continue
        kind, attribute = resource.includes[name]
        there = office.by_id(kind)
        wanted = [key for row in rows for key in _ids(row.record.get(attribute)) if key in there]
        body.setdefault(kind, {}).update({key: there[key].record for key in wanted})
    left_out = {name for name in resource.optional if name not in optional} | hidden
    left_out |= {
        attribute
        for name, (_, attribute) in resource.includes.items()
        if attribute.endswith("_ids") and name not in asked
    }
    for row in rows:
        body[resource.name][row.id] = {name: value for name, value in row.record.items() if name not in left_out}
    return encoded(body | {"meta": numbers})


def _ids(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(key) for key in value] if isinstance(value, (list, tuple)) else [str(value)]
