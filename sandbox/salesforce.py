"""A Salesforce org as its REST API shows it: token, query, queryAll, locators, describe, limits."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import describe, salesforce_bulk, salesforce_deletes, salesforce_login, selection, soql
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.org import Cursor, Org
from sandbox.refusals import DAILY_REQUESTS, encoded, salesforce_error, target

VERSIONS = range(31, 69)  # v68 is Winter '27
SEASONS = ("Spring", "Summer", "Winter")
URI_BYTES = 16_384  # of the address and the headers together
BATCH = re.compile(r"batchSize=(\d+)")
Endpoint = Callable[[Request], Awaitable[Response]]


def salesforce(
    clock: Clock, faults: Faults, client_id: str, client_secret: str, certificates: Mapping[str, bytes] | None = None
) -> Starlette:
    """The org's web application; `certificates` holds the public key (PEM) that each user's JWT is signed against."""
    org = Org(clock, faults, client_id, client_secret, {} if certificates is None else certificates)

    def route(path: str, answer: Callable[[Org, Request], Response], *methods: str) -> Route:
        return Route("/services/data/v{version}" + path, _guarded(org, answer), methods=methods or ("GET",))

    async def token(request: Request) -> Response:
        return salesforce_login.token(org, request, parse_qs((await request.body()).decode()))

    async def missing(_request: Request, _error: Exception) -> Response:
        return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist")

    return Starlette(
        routes=[
            Route("/services/oauth2/token", token, methods=["POST"]),
            Route("/services/data", _versions),
            Route("/services/data/", _versions),
            route("/query", _query),
            route("/query/", _query),
            route("/queryAll", _query),
            route("/queryAll/", _query),
            route("/query/{locator}", _more),
            route("/queryAll/{locator}", _more),
            route("/jobs/query", salesforce_bulk.create, "POST"),
            route("/jobs/query", salesforce_bulk.listed),
            route("/jobs/query/{job}", salesforce_bulk.told, "GET", "PATCH", "DELETE"),
            route("/jobs/query/{job}/results", salesforce_bulk.results),
            route("/limits", _limits),
            route("/limits/", _limits),
            route("/sobjects", _sobjects),
            route("/sobjects/", _sobjects),
            route("/sobjects/{kind}/deleted", salesforce_deletes.deleted),
            route("/sobjects/{kind}/deleted/", salesforce_deletes.deleted),
            route("/sobjects/{kind}/describe", _describe),
            route("/sobjects/{kind}/describe/", _describe),
        ],
        exception_handlers={404: missing},
    )


async def _versions(_request: Request) -> Response:
    return encoded(
        [
            {
                "label": f"{SEASONS[number % 3]} '{26 + (number - 65) // 3}",
                "url": f"/services/data/v{number}.0",
                "version": f"{number}.0",
            }
            for number in VERSIONS
        ]
    )


def _guarded(org: Org, answer: Callable[[Org, Request], Response]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if len(str(request.url)) + sum(len(name) + len(value) + 4 for name, value in request.headers.raw) > URI_BYTES:
            return Response("<html><body><h1>URI Too Long</h1></body></html>", 414, media_type="text/html")
        if request.path_params["version"] not in [f"{number}.0" for number in VERSIONS]:
            return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist")
        if org.faults.due(("expired_token",), "salesforce", target(request.scope)):
            org.sessions.clear()
        if others := org.faults.due(("others_used",), "salesforce", target(request.scope)):
            org.used[org.clock.now] += others.rows
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in org.sessions:
            return salesforce_error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if org.usage() >= DAILY_REQUESTS:
            return salesforce_error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        org.used[org.clock.now] += 1
        request.state.body = await request.body()
        try:
            response = answer(org, request)
        except soql.SoqlError as error:
            response = salesforce_error(404 if error.code == "NOT_FOUND" else 400, error.code, str(error))
        response.headers["Sforce-Limit-Info"] = f"api-usage={org.usage()}/{DAILY_REQUESTS}"
        return response

    return endpoint


def _query(org: Org, request: Request) -> Response:
    query = soql.parse(request.query_params.get("q", ""))
    kind = next((kind for kind in org.kinds() if kind.lower() == query.object.text.lower()), None)
    if kind is None:
        query.refuse(
            "INVALID_TYPE",
            query.object,
            f"sObject type '{query.object.text}' is not supported. If you are "
            "attempting to use a custom object, be sure to append the '__c' after the entity name. Please "
            "reference your WSDL or the describe call for the appropriate names.",
        )
    is_all = "/queryAll" in request.url.path
    rows = [record for record in org.records(kind) if is_all or not record["IsDeleted"]]
    names, found = selection.select(query, rows, org.types(kind))
    if org.faults.due(("query_timeout",), "salesforce", target(request.scope), len(found)):
        raise soql.SoqlError("QUERY_TIMEOUT", "Your query request was running for too long.")
    if not names:
        return encoded({"totalSize": len(found), "done": True, "records": []})
    hint = BATCH.search(request.headers.get("sforce-query-options", ""))
    batch = int(hint.group(1)) if hint and 200 <= int(hint.group(1)) <= 2000 else 2000
    return _page(org, request, Cursor(kind, names, found, batch, org.clock.now, len(found)), "", 0)


def _more(org: Org, request: Request) -> Response:
    key, _, offset = request.path_params["locator"].partition("-")
    if org.faults.due(("locator_lost",), "salesforce", target(request.scope)):
        org.cursors.pop(key, None)
    cursor = org.cursor(key)
    if cursor is None or not offset.isdigit() or int(offset) > cursor.total:
        return salesforce_error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    if fault := org.faults.due(("moving_rows",), "salesforce", target(request.scope)):
        org.move(cursor, int(offset), fault)
    return _page(org, request, cursor, key, int(offset))


def _page(org: Org, request: Request, cursor: Cursor, key: str, offset: int) -> Response:
    """Up to a batch of rows; every second page is shorter without being the last."""
    size = cursor.batch - (cursor.batch // 10 if (offset // cursor.batch) % 2 else 0)
    end = min(offset + size, cursor.total)
    rows = cursor.rows[offset:end]
    doubles = [name for name in cursor.names if org.types(cursor.kind)[name] in salesforce_bulk.NUMBERS]
    if offset and org.faults.due(("duplicate_rows",), "salesforce", target(request.scope)):
        rows = [cursor.rows[offset - 1], *rows]
    path = f"/services/data/v{request.path_params['version']}"
    body: dict[str, Any] = {"totalSize": cursor.total, "done": end >= cursor.total}
    if end < cursor.total:
        if not key:
            key = org.open(cursor)
        body["nextRecordsUrl"] = f"{path}/query/{key}-{end}"
    body["records"] = [
        {"attributes": {"type": cursor.kind, "url": f"{path}/sobjects/{cursor.kind}/{row['Id']}"}}
        | {name: row.get(name) for name in cursor.names}
        | {name: float(row[name]) for name in doubles if row.get(name) is not None}
        for row in rows
    ]
    return encoded(body)


def _limits(org: Org, _request: Request) -> Response:
    return encoded(
        {
            "DailyApiRequests": {"Max": DAILY_REQUESTS, "Remaining": DAILY_REQUESTS - org.usage()},
            "DailyBulkV2QueryJobs": {
                "Max": salesforce_bulk.JOBS_A_DAY,
                "Remaining": salesforce_bulk.JOBS_A_DAY - len(org.jobs),
            },
        }
    )


def _sobjects(org: Org, request: Request) -> Response:
    return encoded(describe.listed(org.kinds(), f"/services/data/v{request.path_params['version']}"))


def _describe(org: Org, request: Request) -> Response:
    kind = request.path_params["kind"]
    if kind not in org.kinds():
        return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist")
    return encoded(describe.described(kind, org.types(kind), f"/services/data/v{request.path_params['version']}"))
