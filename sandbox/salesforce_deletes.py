"""The org's log of deletions: GET /sobjects/{kind}/deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from sandbox.org import Org, stamped
from sandbox.refusals import encoded, salesforce_error, target
from sandbox.world import Version

REACH: Final = timedelta(days=30)


def deleted(org: Org, request: Request) -> Response:
    """Rows deleted in between and not restored, purged ones too."""
    kind, path = request.path_params["kind"], target(request.scope)
    if kind not in org.kinds():
        return salesforce_error(404, "NOT_FOUND", "The requested resource does not exist")
    try:
        start, end = (_minute(request.query_params[name]) for name in ("start", "end"))
    except (KeyError, ValueError):
        return salesforce_error(400, "INVALID_REPLICATION_DATE", "start and end must be instants")
    if org.faults.due(("deletes_refused",), "salesforce", path):
        return salesforce_error(400, "EXCEEDED_ID_LIMIT", "Too many ids: use a shorter period.")
    if start < org.clock.now - REACH or end <= start:
        return salesforce_error(400, "INVALID_REPLICATION_DATE", "startDate before org's replication start date")
    forgotten = org.faults.due(("deletes_forgotten",), "salesforce", path)
    earliest = org.clock.now - (timedelta(seconds=forgotten.seconds) if forgotten else REACH)
    found = [
        {"id": key, "deletedDate": stamped(at)}
        for key, versions in sorted(org.clock.world.records.get(("salesforce", kind), {}).items())
        if (at := _gone_at([one for one in versions if one.visible_at <= org.clock.now])) is not None
        and max(start, earliest) <= at <= end
    ]
    return encoded(
        {"deletedRecords": found, "earliestDateAvailable": stamped(earliest), "latestDateCovered": stamped(end)}
    )


def _gone_at(versions: Sequence[Version]) -> datetime | None:
    """When the row was deleted; none when it is there, or there again. A purge of a deleted row changes nothing."""
    at = None
    for version in versions:
        at = (at or version.updated_at) if version.deletion else None
    return at


def _minute(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(second=0, microsecond=0)
