"""Bulk API 2.0 query jobs: five states, pages of CSV with a header each, and a last locator that says `null`."""

import csv
import gzip
import io
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox import selection, soql
from sandbox.org import Org, Record, stamped
from sandbox.refusals import encoded, salesforce_error, target

OPERATIONS = ("query", "queryAll")
JOBS_A_DAY: Final = 10_000
# The state at each question after the job; a job stays in the last one.
COURSE: Final = ("UploadComplete", "InProgress", "JobComplete")
ENDS: Final = {
    "bulk_failed": ("Failed", "InvalidBatch : Field name not found : Gone__c"),
    "bulk_timeout": ("Failed", "QUERY_TIMEOUT: Your query request was running for too long."),
    "bulk_aborted": ("Aborted", ""),
    "bulk_stuck": ("InProgress", ""),
}
REFUSALS: Final = {
    "bulk_unsupported": ("INVALIDENTITY", "Entity '{}' is not supported by the Bulk API."),
    "bulk_jobs_used": ("LIMIT_EXCEEDED", "Max bulk v2 query jobs (10000) per 24 hrs has been reached (10021)"),
}
NUMBERS: Final = ("double", "currency", "percent")


@dataclass
class Job:
    """One query job; its rows are those of the moment it was made."""

    id: str
    operation: str
    query: str
    kind: str
    names: list[str]
    rows: list[Record]
    version: str
    created: str
    end: str  # the fault that it ends by, if any
    polls: int = 0
    is_aborted: bool = False

    @property
    def state(self) -> str:
        """Where the job is."""
        if self.is_aborted:
            return "Aborted"
        course = COURSE[:-1] + ((ENDS[self.end][0],) if self.end else COURSE[-1:])
        return course[min(self.polls, len(course)) - 1] if self.polls else COURSE[0]

    def shown(self) -> dict[str, Any]:
        """The job as the API tells of it."""
        state, whole = self.state, len(self.rows)
        shown = {
            "id": self.id,
            "operation": self.operation,
            "object": self.kind,
            "createdById": "005RO0000000001AAA",
            "createdDate": self.created,
            "systemModstamp": self.created,
            "state": state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
        }
        if self.polls:
            done = whole if state == "JobComplete" else whole // 2
            shown |= {"jobType": "V2Query", "numberRecordsProcessed": done, "retries": 0, "totalProcessingTime": 334}
        return shown | ({"errorMessage": ENDS[self.end][1]} if state == "Failed" else {})


def create(org: Org, request: Request) -> Response:
    """POST /jobs/query."""
    asked = orjson.loads(request.state.body or b"{}")
    text = str(asked.get("query", ""))
    query = soql.parse(text)
    kind = next((kind for kind in org.kinds() if kind.lower() == query.object.text.lower()), "")
    if not kind:
        query.refuse("INVALID_TYPE", query.object, f"sObject type '{query.object.text}' is not supported.")
    for fault, (code, message) in REFUSALS.items():
        if org.faults.due((fault,), "salesforce", target(request.scope)):
            return salesforce_error(400, code, message.format(kind))
    if asked.get("operation") not in OPERATIONS or not query.fields:
        return salesforce_error(400, "API_ERROR", "Aggregate Relationship not supported in Bulk Query")
    if any(org.types(kind).get(field.text) in ("address", "location") for field in query.fields):
        return salesforce_error(400, "API_ERROR", "Selecting compound data not supported in Bulk Query")
    if len(org.jobs) >= JOBS_A_DAY:
        return salesforce_error(400, *REFUSALS["bulk_jobs_used"])
    rows = [row for row in org.records(kind) if asked["operation"] == "queryAll" or not row["IsDeleted"]]
    names, found = selection.select(query, rows, org.types(kind))
    end = org.faults.due(tuple(ENDS), "salesforce", target(request.scope), len(found))
    job = Job(
        f"750RO{len(org.jobs) + 1:010d}AAA", asked["operation"], text, kind, names, found,
        request.path_params["version"], stamped(org.clock.now), end.name if end else "",
    )  # fmt: skip
    org.jobs[job.id] = job
    return encoded(job.shown())


def listed(org: Org, _request: Request) -> Response:
    """GET /jobs/query."""
    return encoded({"done": True, "nextRecordsUrl": None, "records": [job.shown() for job in org.jobs.values()]})


def told(org: Org, request: Request) -> Response:
    """GET, PATCH (abort) and DELETE /jobs/query/{id}."""
    job = _job(org, request)
    if request.method == "DELETE":
        del org.jobs[job.id]
        return Response(status_code=204)
    if request.method == "PATCH":
        job.is_aborted = orjson.loads(request.state.body).get("state") == "Aborted"
    else:
        job.polls += 1
    return encoded(job.shown())


def results(org: Org, request: Request) -> Response:
    """GET /jobs/query/{id}/results."""
    job = _job(org, request)
    if request.path_params["version"] != job.version:
        return salesforce_error(409, "API_ERROR", f"The job was created with API version {job.version}.")
    if job.state != "JobComplete":
        return salesforce_error(400, "INVALIDJOBSTATE", f"Results are not available for a job in state {job.state}.")
    if org.faults.due(("results_empty",), "salesforce", target(request.scope)):
        return Response(status_code=204)
    locator = request.query_params.get("locator", "")
    start = int(b64decode(f"{locator}==")) if locator else 0
    end = min(start + int(request.query_params.get("maxRecords", "50000")), len(job.rows))
    is_headless = start > 0 and org.faults.due(("header_once",), "salesforce", target(request.scope)) is not None
    is_last = end >= len(job.rows)
    headers = {
        "Sforce-NumberOfRecords": str(end - start),
        "Sforce-Locator": "null" if is_last else b64encode(str(end).encode()).decode().rstrip("="),
    }
    if is_last and org.faults.due(("locator_absent",), "salesforce", target(request.scope)):
        del headers["Sforce-Locator"]
    body = _csv(job.names, job.rows[start:end], org.types(job.kind), has_header=not is_headless).encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers = gzip.compress(body, 1), headers | {"Content-Encoding": "gzip"}
    return Response(body, 200, headers, media_type="text/csv")


def _job(org: Org, request: Request) -> Job:
    if job := org.jobs.get(request.path_params["job"]):
        return job
    _missing()


def _missing() -> NoReturn:
    raise soql.SoqlError("NOT_FOUND", "The requested resource does not exist")


def _csv(names: Sequence[str], rows: Sequence[Record], types: dict[str, str], *, has_header: bool) -> str:
    """Every value in quotes; null and the empty text are the same."""
    kinds = [types[name] for name in names]
    lines = io.StringIO()
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\n")
    if has_header:
        writer.writerow(names)
    writer.writerows([_text(kind, row.get(name)) for name, kind in zip(names, kinds, strict=True)] for row in rows)
    return lines.getvalue()


def _text(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if kind in NUMBERS:
        return repr(float(value))
    return str(value).replace("+0000", "Z") if kind == "datetime" else str(value)
