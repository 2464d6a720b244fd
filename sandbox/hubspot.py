"""A HubSpot portal as its API shows it: lists, searches, batch reads, associations, properties, pipelines, owners."""

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.hubspot_refusals import invalid, portal_error
from sandbox.hubspot_search import search
from sandbox.portal import DAILY_REQUESTS, Portal, Record, written
from sandbox.refusals import encoded

VERSIONS = ("2026-03", "2026-09")
LEGACY = {"objects": "v3", "properties": "v3", "pipelines": "v3", "owners": "v3", "associations": "v4"}
ADDRESS_BYTES = 15_000
PARTNERS = 500  # of one record on a page
Answer = Callable[[Portal, Request, Any], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def hubspot(clock: Clock, faults: Faults, token: str) -> Starlette:
    """The portal's web application."""
    portal = Portal(clock, faults, token)

    def routes(family: str, rest: str, answer: Answer, method: str = "GET") -> list[Route]:
        endpoint = _guarded(portal, answer)
        dated = [f"/crm/{family}/{version}{rest}" for version in VERSIONS]
        legacy = f"/crm/{LEGACY[family]}/{family}{rest}"
        return [Route(path, endpoint, methods=[method]) for path in (*dated, legacy, legacy + "/")]

    async def missing(_request: Request, _error: Exception) -> Response:
        return portal_error(404, "OBJECT_NOT_FOUND", "resource not found")

    usage = _guarded(portal, _usage)
    return Starlette(
        routes=[
            *routes("objects", "/{kind}", _list),
            *routes("objects", "/{kind}/search", _search, "POST"),
            *routes("objects", "/{kind}/batch/read", _batch, "POST"),
            *routes("associations", "/{source}/{target}/batch/read", _partners, "POST"),
            *routes("properties", "/{kind}", _properties),
            *routes("pipelines", "/{kind}", _pipelines),
            *routes("owners", "", _owners),
            *[Route(f"/account-info/{one}/api-usage/daily/private-apps", usage) for one in (*VERSIONS, "v3")],
        ],
        exception_handlers={404: missing},
    )


def _guarded(portal: Portal, answer: Answer) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if len(str(request.url)) > ADDRESS_BYTES:
            return Response("<html><body><h1>414 URI Too Long</h1></body></html>", 414, media_type="text/html")
        if request.headers.get("authorization", "") != f"Bearer {portal.token}":
            words = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
            return portal_error(401, "INVALID_AUTHENTICATION", words)
        kind = request.path_params.get("kind")
        if kind is not None and kind not in portal.kinds():
            return portal_error(400, "VALIDATION_ERROR", f"Unable to infer object type from: {kind}")
        portal.used += 1
        body = await request.body()
        response = answer(portal, request, body)
        if not request.url.path.endswith("/search"):
            response.headers["X-HubSpot-RateLimit-Daily"] = str(DAILY_REQUESTS)
            response.headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(DAILY_REQUESTS - portal.used)
            response.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
            response.headers["X-HubSpot-RateLimit-Max"] = "190"
            response.headers["X-HubSpot-RateLimit-Remaining"] = "189"
        return response

    return endpoint


def _list(portal: Portal, request: Request, _body: bytes) -> Response:
    """Either archived records or the others, by id; a token says after which one to go on."""
    kind, params = request.path_params["kind"], request.query_params
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= 100:
        return invalid("limit must be between 1 and 100")
    is_archived = params.get("archived") == "true"
    rows = [record for record in portal.records(kind) if record["archived"] is is_archived]
    after = int(b64decode(params["after"])) if "after" in params else -1
    rest = [record for record in rows if int(record["id"]) > after]
    shown = rest[:limit]
    if after > 0 and portal.faults.due(("duplicate_rows",), "hubspot", request.url.path):
        shown = [record for record in rows if int(record["id"]) <= after][-1:] + shown
    names = [name for name in params.get("properties", "").split(",") if name]
    body: dict[str, Any] = {"results": [portal.with_properties(kind, record, names) for record in shown]}
    if len(rest) > limit:
        token = b64encode(rest[limit - 1]["id"].encode()).decode()
        body["paging"] = {"next": {"after": token, "link": f"{request.url.path}?after={token}"}}
    return encoded(body)


def _search(portal: Portal, request: Request, body: bytes) -> Response:
    return search(portal, request.path_params["kind"], body, orjson.loads(body))


def _batch(portal: Portal, request: Request, body: bytes) -> Response:
    """The records that exist and are not archived; of a merged one, the one it went into."""
    kind, asked = request.path_params["kind"], orjson.loads(body)
    wanted = [str(one["id"]) for one in asked["inputs"]]
    if len(wanted) > 100:
        return invalid("The maximum number of inputs is 100")
    known = {record["id"]: record for record in portal.records(kind) if not record["archived"]}
    found = dict.fromkeys(winner for key in wanted if (winner := portal.winner(kind, key)) in known)
    results = [portal.with_properties(kind, known[key], asked.get("properties") or ()) for key in found]
    lost = [key for key in wanted if portal.winner(kind, key) not in known]
    words = f"Could not get some {kind.upper()} objects, they may be deleted or not exist. Check that ids are valid."
    return _completed(portal, results, "OBJECT_NOT_FOUND", words, lost)


def _partners(portal: Portal, request: Request, body: bytes) -> Response:
    """The partners of each record, a page of them at a time; a record without any is an error among the results."""
    source, target = request.path_params["source"], request.path_params["target"]
    inputs = orjson.loads(body)["inputs"]
    if len(inputs) > 1000:
        return invalid("The maximum number of inputs is 1000")
    known = portal.partners(source, target)
    results, lost = [], []
    for one in inputs:
        key, start = str(one["id"]), int(one.get("after") or 0)
        some = known.get(key, [])
        if not some:
            lost.append(key)
            continue
        result: Record = {"from": {"id": key}, "to": some[start : start + PARTNERS]}
        if start + PARTNERS < len(some):
            result["paging"] = {"next": {"after": str(start + PARTNERS)}}
        results.append(result)
    words = f"No {target} is associated with {source}"
    return _completed(portal, results, "NO_ASSOCIATIONS_FOUND", words, lost)


def _completed(portal: Portal, results: list[Any], category: str, message: str, lost: list[str]) -> Response:
    at = written(portal.clock.now)
    body: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": at, "completedAt": at}
    if not lost:
        return encoded(body)
    error = {"status": "error", "category": category, "message": message, "context": {"ids": lost}}
    return encoded(body | {"numErrors": len(lost), "errors": [error]}, 207)


def _properties(portal: Portal, request: Request, _body: bytes) -> Response:
    kind = request.path_params["kind"]
    named: Mapping[str, str] = portal.properties(kind)
    return encoded(
        {
            "results": [
                {"name": name, "label": name, "type": type_, "fieldType": "text", "groupName": f"{kind}information",
                 "description": "", "options": [], "calculated": False, "hidden": False}
                for name, type_ in named.items()
            ]
        }
    )  # fmt: skip


def _pipelines(portal: Portal, request: Request, _body: bytes) -> Response:
    versions = portal.clock.state("hubspot", "pipelines")
    own = [version.record for version in versions if version.record["kind"] == request.path_params["kind"]]
    return encoded({"results": [{name: value for name, value in one.items() if name != "kind"} for one in own]})


def _owners(portal: Portal, request: Request, _body: bytes) -> Response:
    is_archived = request.query_params.get("archived") == "true"
    shown = [
        {**version.record, "archived": is_archived}
        for version in portal.clock.state("hubspot", "owners")
        if (version.deletion == "soft") is is_archived
    ]
    return encoded({"results": shown})


def _usage(portal: Portal, _request: Request, _body: bytes) -> Response:
    row = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": DAILY_REQUESTS,
        "currentUsage": portal.used,
        "collectedAt": written(portal.clock.now),
        "fetchStatus": "SUCCESS",
    }
    return encoded({"results": [row]})
