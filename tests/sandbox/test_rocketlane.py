"""The account answers as Rocketlane's contract says: tokens, attributes on request, `match` any, refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.company import build
from sandbox.company.rocketlane import add_rocketlane
from sandbox.faults import Fault
from sandbox.serve import Sandbox, running
from sandbox.world import Version, World

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
START = datetime(2026, 10, 5, 9, tzinfo=UTC)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def put(world: World, kind: str, name: str, key: int, at: datetime = START, **record: Any) -> None:
    stamps = {"createdAt": ms(START), "updatedAt": ms(at)}
    world.add("rocketlane", kind, str(key), Version(at, at, {name: key} | stamps | record))


def small_world() -> World:
    """120 time entries a second apart, one of them deleted; an archived project; phases; an invoice with a line."""
    world = World()
    for key in range(1, 121):
        put(world, "time-entries", "timeEntryId", key, START + timedelta(seconds=key), date="2026-10-05", minutes=key,
            status="APPROVED", notes="private", deleted=key == 120)  # fmt: skip
    for key in (7, 8):
        put(world, "projects", "projectId", key, projectName="Rollout", archived=key == 8, budgetedHours=10)
        put(world, "phases", "phaseId", key * 10, project={"projectId": key})
    put(world, "invoices", "invoiceId", 1, status="PAID")
    put(world, "lines", "invoiceLineItemId", 11, invoiceId=1, amount=100)
    put(world, "lines", "invoiceLineItemId", 12, invoiceId=2, amount=100)
    return world


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with running(small_world(), NOW) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.set_faults()
    served.set_clock(NOW)
    return served


def ask(sandbox: Sandbox, path: str, key: str | None = None, **params: Any) -> requests.Response:
    query = {name.replace("__", "."): str(value) for name, value in params.items()}
    headers = {"api-key": sandbox.api_key if key is None else key}
    return requests.get(f"{sandbox.rocketlane_url}/{path}", query, headers=headers, timeout=10)


def ids(response: requests.Response, name: str = "timeEntryId") -> list[int]:
    assert response.status_code == 200, response.text
    return [record[name] for record in response.json()["data"]]


def error(response: requests.Response) -> tuple[int, str, str | None]:
    (one,) = response.json()["errors"]
    return response.status_code, one["errorCode"], one.get("field")


def test_a_page_names_the_token_of_the_next_and_the_last_names_none(sandbox: Sandbox) -> None:
    first = ask(sandbox, "time-entries", sortBy="id", sortOrder="ASC")
    assert ids(first) == list(range(1, 101))
    pagination = first.json()["pagination"]
    assert (pagination["pageSize"], pagination["hasMore"], pagination["totalRecordCount"]) == (100, True, 119)
    assert f"pageToken={pagination['nextPageToken']}" in pagination["nextPage"]
    assert "limit=100" in pagination["nextPage"]  # as Rocketlane's own example: another name than the parameter's
    last = ask(sandbox, "time-entries", sortBy="id", sortOrder="ASC", pageToken=pagination["nextPageToken"])
    assert ids(last) == list(range(101, 120))
    assert last.json()["pagination"] == {"pageSize": 100, "hasMore": False, "totalRecordCount": 119}


@pytest.mark.parametrize(("minutes", "status"), [(15, 200), (16, 400)])
def test_a_token_lives_for_fifteen_minutes(sandbox: Sandbox, minutes: int, status: int) -> None:
    token = ask(sandbox, "time-entries").json()["pagination"]["nextPageToken"]
    sandbox.set_clock(NOW + timedelta(minutes=minutes))
    assert ask(sandbox, "time-entries", pageToken=token).status_code == status


def test_a_token_serves_the_parameters_it_was_made_for(sandbox: Sandbox) -> None:
    token = ask(sandbox, "time-entries").json()["pagination"]["nextPageToken"]
    assert error(ask(sandbox, "time-entries", pageToken=token, sortBy="date")) == (400, "BAD_REQUEST", "pageToken")
    assert error(ask(sandbox, "time-entries", pageToken="made-up")) == (400, "BAD_REQUEST", "pageToken")


def test_filters_match_any_unless_told_to_match_all(sandbox: Sandbox) -> None:
    window = {"updatedAt__ge": ms(START + timedelta(seconds=10)), "updatedAt__lt": ms(START + timedelta(seconds=12))}
    everything = ask(sandbox, "time-entries", **window)
    assert everything.json()["pagination"]["totalRecordCount"] == 119
    assert sorted(ids(ask(sandbox, "time-entries", **window, match="all"))) == [10, 11]


def test_attributes_on_request_are_not_shown_unasked(sandbox: Sandbox) -> None:
    shown = ask(sandbox, "time-entries", pageSize=1).json()["data"][0]
    assert {"minutes", "date"} <= shown.keys() and not {"status", "notes", "deleted"} & shown.keys()
    assert ask(sandbox, "time-entries", pageSize=1, includeFields="status").json()["data"][0]["status"] == "APPROVED"
    assert error(ask(sandbox, "time-entries", includeFields="colour")) == (400, "BAD_REQUEST", "includeFields")


def test_deleted_and_archived_records_come_on_request(sandbox: Sandbox) -> None:
    assert 120 not in ids(ask(sandbox, "time-entries"))
    assert 120 in ids(ask(sandbox, "time-entries", includeDeleted__eq="true"))
    assert ids(ask(sandbox, "projects"), "projectId") == [7]
    assert ids(ask(sandbox, "projects", includeArchive__eq="true"), "projectId") == [8, 7]


def test_phases_need_a_project_and_invoices_know_no_updated_at(sandbox: Sandbox) -> None:
    assert error(ask(sandbox, "phases")) == (400, "BAD_REQUEST", "projectId")
    assert ids(ask(sandbox, "phases", projectId=8), "phaseId") == [80]
    assert error(ask(sandbox, "invoices", updatedAt__ge=0)) == (400, "BAD_REQUEST", "updatedAt.ge")
    assert ids(ask(sandbox, "invoices", createdAt__ge=0), "invoiceId") == [1]


def test_lines_stand_below_their_invoice_only(sandbox: Sandbox) -> None:
    assert ids(ask(sandbox, "invoices/1/lines"), "invoiceLineItemId") == [11]
    assert ask(sandbox, "lines").status_code == 404


def test_refusals(sandbox: Sandbox) -> None:
    assert error(ask(sandbox, "projects", key="wrong")) == (401, "NOT_AUTHORIZED", None)
    assert error(ask(sandbox, "planets")) == (404, "NOT_FOUND", None)
    assert error(ask(sandbox, "projects/99")) == (404, "NOT_FOUND", None)
    assert error(ask(sandbox, "projects", pageSize=101)) == (400, "BAD_REQUEST", "pageSize")
    assert error(ask(sandbox, "projects", sortBy="updatedAt")) == (400, "BAD_REQUEST", "sortBy")


def test_a_limit_says_until_when_in_milliseconds(sandbox: Sandbox) -> None:
    sandbox.set_faults(Fault("rate_limit", "rocketlane", seconds=30))
    refused = ask(sandbox, "projects")
    assert error(refused) == (429, "TOO_MANY_REQUEST", None)
    ahead = int(refused.headers["X-Retry-After"]) / 1000 - datetime.now(UTC).timestamp()
    assert 25 < ahead <= 30


def test_faults_of_one_psa_do_not_touch_the_other(sandbox: Sandbox) -> None:
    sandbox.set_faults(Fault("server_error", "kantata", times=9))
    assert ask(sandbox, "projects").status_code == 200
    sandbox.set_faults(Fault("denied_scope", "rocketlane"))
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    assert requests.get(f"{sandbox.kantata_url}/workspaces", headers=headers, timeout=10).status_code == 200
    assert ask(sandbox, "projects").status_code == 403


def test_the_companys_rocketlane_edition_has_the_same_projects_tasks_and_time() -> None:
    world, ledger = build(4)
    add_rocketlane(world, ledger.facts)
    pairs = {"projects": "workspaces", "tasks": "stories", "time-entries": "time_entries", "invoices": "invoices"}
    for kind, original in pairs.items():
        assert world.records["rocketlane", kind].keys() == world.records["kantata", original].keys(), kind
    for key, versions in world.records["rocketlane", "time-entries"].items():
        planted = [state for _, state in ledger.facts.entries.get(f"kantata:{key}", []) if state]
        if planted:
            assert versions[0].record["minutes"] * 60 == planted[-1].seconds
