"""Bulk API 2.0: one query job brings the rows of a large window, in pages of CSV that locators lead through.

A job costs a handful of requests where REST needs one per 2,000 rows, and the org works on it apart from its users.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from tasks.errors import ContractError
from tasks.sources import salesforce_csv
from tasks.sources.fieldmap import Entity
from tasks.sources.judgement import Forbidden, Refused
from tasks.sources.salesforce_query import Records, data
from tasks.sources.vendor import Link, Restless

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 30.0  # seconds between two questions after a job: each is a request
SLOWER: Final = 1.5
SOQL_LETTERS: Final = 100_000
TIMED_OUT: Final = "QUERY_TIMEOUT"
# CSV cannot say these as REST does, or Bulk does not select them: parts of another object, and what has parts.
APART: Final = frozenset({"address", "location", "base64", "complexvalue", "json", "anyType"})


def rows(
    link: Link, entity: Entity, condition: str, types: Mapping[str, str], names: Sequence[str], verb: str = "queryAll"
) -> Records | None:
    """Every row that meets the condition, by id; none where Bulk does not serve: ask REST.

    Args:
        link: The line to the org.
        entity: What to read.
        condition: Which rows.
        types: The type of each field, as the org describes it.
        names: The fields to read, the id among them.
        verb: queryAll, or query to leave deleted rows out.

    Raises:
        Refused: `QUERY_TIMEOUT`: the query is too heavy.
        ContractError: the job failed or was aborted.
        Restless: its rows do not add up.
    """
    soql = f"SELECT {', '.join(names)} FROM {entity.resource} WHERE {condition}"
    if len(soql) > SOQL_LETTERS or any(types.get(name, "address") in APART for name in names):
        return None
    question = {"operation": verb, "query": soql, "contentType": "CSV", "lineEnding": "LF"}
    try:  # sent again when its answer is lost: a job that nobody asks for costs the org one of 10,000 a day
        job = str(link.client.ask(data(link, "jobs/query"), question)["id"])
    except (Refused, Forbidden) as error:
        log.info("%s.%s is read by REST, since Bulk refused it: %s", link.instance, entity.name, error)
        return None
    processed = _processed(link, entity, job)
    records: Records = {}
    locator = ""
    while True:
        params = {"maxRecords": str(link.source.bulk_page_rows)} | ({"locator": locator} if locator else {})
        table, locator = link.client.get(
            data(link, f"jobs/query/{job}/results"),
            params,
            {"Accept": "text/csv"},
            read=partial(salesforce_csv.page, names),
        )
        link.client.counts.add(pages=1)
        records.update(salesforce_csv.payloads(table, types))
        if not locator:
            break
    if len(records) != processed:
        raise Restless(
            f"Salesforce's Bulk job {job} processed {processed} rows of {entity.resource} and gave {len(records)} "
            f"({link.instance}): run again; nothing of this window was kept."
        )
    return records


def _processed(link: Link, entity: Entity, job: str) -> int:
    """How many rows a job found, once it is complete."""
    pause = link.source.bulk_poll_seconds
    while True:
        link.client.wait(pause, f"Bulk job {job} is not complete")
        told = link.client.get(data(link, f"jobs/query/{job}"))
        if told["state"] == "JobComplete":
            return int(told["numberRecordsProcessed"])
        if told["state"] in ("Failed", "Aborted"):
            raise _ended(link, entity, job, told)
        pause = min(pause * SLOWER, LONGEST_PAUSE)


def _ended(link: Link, entity: Entity, job: str, told: Mapping[str, Any]) -> ContractError:
    """Why a job that will never be complete ended, and what to do."""
    if told["state"] == "Aborted":
        return ContractError(
            f"Salesforce's Bulk job {job} for {link.instance}.{entity.name} was aborted in the org: see Setup, Bulk "
            "Data Load Jobs, who did it, and run again; nothing of this window was kept."
        )
    said = " ".join(str(told.get("errorMessage") or "no reason given").split())[:200]
    if TIMED_OUT in said:
        return Refused(f"Salesforce's Bulk job {job} answered {TIMED_OUT}: run again with a smaller window.", TIMED_OUT)
    return ContractError(
        f"Salesforce's Bulk job {job} for {link.instance}.{entity.name} failed ({said}): correct the field map if it "
        f"names a field, else run again; BATON_SOURCES__{link.instance.upper()}__BULK_OVER set above the number of "
        "rows reads them by REST."
    )
