"""The account answers as Zendesk's contract says: the export's stream, its places and its end, lists, refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.company import build
from sandbox.company.zendesk import add_zendesk
from sandbox.serve import Sandbox, running
from sandbox.world import Version, World

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
START = datetime(2026, 10, 5, 9, tzinfo=UTC)
EXPORT = "incremental/tickets/cursor.json"


def put(world: World, kind: str, key: int, at: datetime = START, deletion: Any = None, **record: Any) -> None:
    stamps = {"created_at": f"{START:%Y-%m-%dT%H:%M:%SZ}", "updated_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    world.add("zendesk", kind, str(key), Version(at, at, {"id": key} | stamps | record, deletion))


def small_world() -> World:
    """12 tickets a second apart, one deleted later, one changed in the last minute; 3 organizations; a rating."""
    world = World()
    for key in range(1, 13):
        put(world, "tickets", key, START + timedelta(seconds=key), status="open", metric_set={"replies": 1})
    put(world, "tickets", 4, START + timedelta(days=1), "soft", status="open", subject="private")
    put(world, "tickets", 5, NOW - timedelta(seconds=30), status="solved")
    for key in (7, 8, 9):
        put(world, "organizations", key, name="Nimbus", external_id=None)
    put(world, "satisfaction_ratings", 1, score="good")
    return world


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with running(small_world(), NOW) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.set_faults()
    return served


def ask(sandbox: Sandbox, path: str, token: str = "", **params: Any) -> requests.Response:
    who = (f"{sandbox.desk_email}/token", token or sandbox.desk_token)
    return requests.get(f"{sandbox.zendesk_url}/{path}", params, auth=who, timeout=10)


def test_the_export_goes_by_the_change_and_says_where_its_stream_ends(sandbox: Sandbox) -> None:
    first = ask(sandbox, EXPORT, start_time=0, per_page=8).json()
    assert [one["id"] for one in first["tickets"]] == [1, 2, 3, 6, 7, 8, 9, 10]  # 5 is not settled yet
    assert not first["end_of_stream"]
    rest = ask(sandbox, EXPORT, cursor=first["after_cursor"], per_page=8).json()
    assert [one["id"] for one in rest["tickets"]] == [11, 12, 4]
    assert rest["end_of_stream"]
    after = ask(sandbox, EXPORT, cursor=rest["after_cursor"]).json()
    assert (after["tickets"], after["end_of_stream"]) == ([], True)


def test_a_deleted_ticket_is_exported_without_its_text_and_listed_no_more(sandbox: Sandbox) -> None:
    exported = ask(sandbox, EXPORT, start_time=int((START + timedelta(hours=1)).timestamp())).json()["tickets"]
    assert [(one["id"], one["status"], one["subject"]) for one in exported] == [(4, "deleted", "SCRUBBED")]
    assert exported[0]["generated_timestamp"] == int((START + timedelta(days=1)).timestamp())
    assert 4 not in [one["id"] for one in ask(sandbox, "tickets.json").json()["tickets"]]


def test_metrics_come_on_request(sandbox: Sandbox) -> None:
    assert "metric_set" not in ask(sandbox, EXPORT, start_time=0).json()["tickets"][0]
    assert "metric_set" in ask(sandbox, EXPORT, start_time=0, include="metric_sets").json()["tickets"][0]


def test_no_export_starts_within_the_last_minute(sandbox: Sandbox) -> None:
    refused = ask(sandbox, EXPORT, start_time=int(NOW.timestamp()) - 30)
    assert (refused.status_code, refused.json()["error"]) == (400, "StartTimeTooRecent")


def test_lists_are_paged_by_a_cursor(sandbox: Sandbox) -> None:
    first = ask(sandbox, "organizations.json", **{"page[size]": 2}).json()
    assert ([one["id"] for one in first["organizations"]], first["meta"]["has_more"]) == ([7, 8], True)
    rest = ask(sandbox, "organizations", **{"page[size]": 2, "page[after]": first["meta"]["after_cursor"]}).json()
    assert ([one["id"] for one in rest["organizations"]], rest["meta"]["has_more"]) == ([9], False)
    later = int((START + timedelta(hours=1)).timestamp())
    assert ask(sandbox, "satisfaction_ratings.json", start_time=later).json()["satisfaction_ratings"] == []


def test_refusals(sandbox: Sandbox) -> None:
    assert ask(sandbox, "groups.json", token="wrong").status_code == 401
    assert ask(sandbox, "nowhere.json").json() == {"error": "RecordNotFound", "description": "Not found"}
    assert ask(sandbox, "users/me.json").json()["user"]["role"] == "admin"
    sandbox.set_faults("rate_limit:vendor=zendesk,seconds=42")
    limited = ask(sandbox, EXPORT, start_time=0)
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "42")


def test_every_case_is_a_ticket(served: Sandbox) -> None:
    world, _ = build(20)
    ids = add_zendesk(world)
    assert ids.keys() == world.records["salesforce", "Case"].keys()
    assert set(ids.values()) == world.records["zendesk", "tickets"].keys()
