"""Bulk query jobs answer as the source-system notes say: five states, a header on every page, the locator `null`."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.faults import Fault
from sandbox.serve import Sandbox, running
from tests.sandbox.test_salesforce import NOW, small_world, token

JOBS = "/services/data/v65.0/jobs/query"
SOQL = "SELECT Id, Name, IsDeleted, SystemModstamp FROM Account"


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with running(small_world(), NOW) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.set_faults()
    return served


class Org:
    """Requests in one session."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.salesforce_url
        self.headers = {"Authorization": f"Bearer {token(sandbox).json()['access_token']}"}

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", headers=self.headers, timeout=10, **given)

    def job(self, soql: str = SOQL, operation: str = "query", polls: int = 0) -> str:
        body = {"operation": operation, "query": soql, "contentType": "CSV"}
        made = self.ask("POST", JOBS, json=body).json()
        for _ in range(polls):
            self.ask("GET", f"{JOBS}/{made['id']}")
        return str(made["id"])


def test_a_job_goes_through_its_states(sandbox: Sandbox) -> None:
    org = Org(sandbox)
    job = org.job()
    told = [org.ask("GET", f"{JOBS}/{job}").json() for _ in range(4)]
    assert [one["state"] for one in told] == ["UploadComplete", "InProgress", "JobComplete", "JobComplete"]
    assert told[1]["numberRecordsProcessed"] < told[3]["numberRecordsProcessed"] == 449
    assert (told[0]["apiVersion"], told[0]["object"], told[0]["jobType"]) == (65.0, "Account", "V2Query")


@pytest.mark.parametrize(("fault", "state"), [("bulk_failed", "Failed"), ("bulk_aborted", "Aborted")])
def test_a_job_ends_badly_when_told_so(sandbox: Sandbox, fault: str, state: str) -> None:
    sandbox.set_faults(fault)
    org = Org(sandbox)
    job = org.job(polls=2)
    assert org.ask("GET", f"{JOBS}/{job}").json()["state"] == state
    assert org.ask("GET", f"{JOBS}/{job}/results").json()[0]["errorCode"] == "INVALIDJOBSTATE"


def test_pages_repeat_the_header_and_the_last_locator_is_the_word_null(sandbox: Sandbox) -> None:
    org = Org(sandbox)
    job = org.job(polls=3)
    pages, locator = [], ""
    while locator != "null":
        params = {"maxRecords": "200"} | ({"locator": locator} if locator else {})
        pages.append(org.ask("GET", f"{JOBS}/{job}/results", params=params))
        locator = pages[-1].headers["Sforce-Locator"]
    assert [page.headers["Sforce-NumberOfRecords"] for page in pages] == ["200", "200", "49"]
    assert {page.text.splitlines()[0] for page in pages} == {'"Id","Name","IsDeleted","SystemModstamp"'}
    assert '"001RO0000000002AAA","Account 2","false","2026-01-05T10:00:00.000Z"' in pages[0].text
    assert {page.headers["Content-Encoding"] for page in pages} == {"gzip"}


def test_query_all_has_the_deleted_row(sandbox: Sandbox) -> None:
    org = Org(sandbox)
    job = org.job(operation="queryAll", polls=3)
    assert '"001RO0000000000AAA","Account 0","true"' in org.ask("GET", f"{JOBS}/{job}/results").text


def test_a_job_is_aborted_and_deleted(sandbox: Sandbox) -> None:
    org = Org(sandbox)
    job = org.job()
    assert org.ask("PATCH", f"{JOBS}/{job}", json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert org.ask("DELETE", f"{JOBS}/{job}").status_code == 204
    assert org.ask("GET", f"{JOBS}/{job}").status_code == 404


def test_results_of_another_version_are_a_conflict(sandbox: Sandbox) -> None:
    org = Org(sandbox)
    job = org.job(polls=3)
    assert org.ask("GET", f"/services/data/v64.0/jobs/query/{job}/results").status_code == 409


@pytest.mark.parametrize(
    ("soql", "fault", "code"),
    [
        ("SELECT COUNT() FROM Account", "", "API_ERROR"),
        ("SELECT Nothing FROM Account", "", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing", "", "INVALID_TYPE"),
        (SOQL, "bulk_unsupported", "INVALIDENTITY"),
        (SOQL, "bulk_jobs_used", "LIMIT_EXCEEDED"),
    ],
)
def test_a_job_that_cannot_be_is_refused_at_once(sandbox: Sandbox, soql: str, fault: str, code: str) -> None:
    sandbox.set_faults(*([Fault(fault)] if fault else []))
    answer = Org(sandbox).ask("POST", JOBS, json={"operation": "query", "query": soql})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
