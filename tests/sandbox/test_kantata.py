"""The account answers as Kantata's framework does: keyed records, silent caps and defaults, hidden rows, events."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.serve import Sandbox, running
from sandbox.world import Version, World

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
START = datetime(2026, 10, 5, 9, tzinfo=UTC)
ENTRIES = 250


def pacific(at: datetime) -> str:
    return (at - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S") + "-08:00"


def put(world: World, kind: str, key: int, at: datetime, deletion: Any = None, **record: Any) -> None:
    stamps = {"created_at": pacific(START), "updated_at": pacific(at)}
    world.add("kantata", kind, str(key), Version(at, at, {"id": str(key)} | stamps | record, deletion))


def small_world() -> World:
    """250 time entries a second apart, an archived workspace, deleted stories, an invoice, events of twelve days."""
    world = World()
    for key, is_archived in ((7, False), (8, True)):
        put(world, "workspaces", key, START, title=f"Project {key}", archived=is_archived)
    for key, deleted_at, is_archived in (
        (901, None, False),
        (902, "2026-10-06T00:00:00-08:00", False),
        (903, None, True),
    ):
        put(
            world,
            "stories",
            key,
            START,
            workspace_id="7",
            parent_id="901" if key == 902 else None,
            deleted_at=deleted_at,
            archived=is_archived,
        )
    put(world, "stories", 904, START, workspace_id="8", parent_id=None, deleted_at=None, archived=False)
    for key in range(1, ENTRIES + 1):
        put(
            world,
            "time_entries",
            key,
            START + timedelta(seconds=key),
            workspace_id="8" if key == 250 else "7",
            story_id="901",
            user_id="3",
            time_in_minutes=key,
            date_performed=f"2026-10-{1 + key % 30:02d}",
        )
    put(
        world,
        "invoices",
        40,
        START,
        status="new",
        draft=False,
        time_entry_ids=["1", "2"],
        additional_item_ids=["5"],
        billing_milestone_ids=[],
        fixed_fee_item_ids=[],
    )
    put(world, "additional_items", 5, START, invoice_id="40", amount_in_cents=-500)
    for day in range(12):
        at = NOW - timedelta(days=day, hours=1)
        for number in range(3):
            world.add(
                "kantata",
                "subscribed_events",
                str(700 + 3 * day + number),
                Version(
                    at,
                    at,
                    {
                        "id": str(700 + 3 * day + number),
                        "event_type": "time_entry:deleted" if number else "workspace:deleted",
                        "subject_id": "1",
                        "created_at": pacific(at),
                        "current_payload": {"status": "approved"},
                    },
                ),
            )
    put(world, "custom_fields", 1, START, name="Cap", subject_type="Workspace")
    put(world, "custom_fields", 2, START, name="Role", subject_type="Story")
    put(world, "custom_field_values", 11, START, custom_field_name="Cap", subject_type="Workspace", value="100")
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


def get(sandbox: Sandbox, path: str, **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    return requests.get(f"{sandbox.kantata_url}/{path}", params=params, headers=headers, timeout=10)


def listed(sandbox: Sandbox, path: str, **params: Any) -> list[str]:
    return [row["id"] for row in get(sandbox, path, **params).json()["results"]]


def walk(sandbox: Sandbox, path: str, **params: Any) -> list[str]:
    """All ids by pages, as the page count says."""
    first = get(sandbox, path, page=1, **params).json()
    found = [row["id"] for row in first["results"]]
    for page in range(2, first["meta"]["page_count"] + 1):
        found += listed(sandbox, path, page=page, **params)
    return found


def test_a_wrong_token_is_a_401_with_a_request_id(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.kantata_url}/workspaces", timeout=10)
    assert answer.status_code == 401
    assert answer.json() == {"errors": [{"type": "oauth", "message": "Invalid OAuth 2 Request"}]}
    assert answer.headers["x-request-id"]


def test_the_envelope_keys_records_by_id_and_orders_in_results_only(sandbox: Sandbox) -> None:
    body = get(
        sandbox, "time_entries.json", order="updated_at:desc", per_page=2, from_archived_workspaces="true"
    ).json()
    assert body["count"] == ENTRIES
    assert body["results"] == [{"key": "time_entries", "id": "250"}, {"key": "time_entries", "id": "249"}]
    assert body["time_entries"]["250"]["time_in_minutes"] == 250
    assert body["meta"] == {"count": 250, "page_count": 125, "page_number": 1, "page_size": 2}


@pytest.mark.parametrize(
    ("asked", "size"), [({}, 20), ({"per_page": 500}, 200), ({"per_page": 0}, 20), ({"per_page": "x"}, 20)]
)
def test_page_sizes_are_capped_in_silence(sandbox: Sandbox, asked: dict[str, Any], size: int) -> None:
    body = get(sandbox, "time_entries", **asked).json()
    assert (len(body["results"]), body["meta"]["page_size"]) == (size, size)


def test_limit_and_offset_win_over_page_and_meta_does_not_know(sandbox: Sandbox) -> None:
    body = get(sandbox, "time_entries", limit=3, offset=10, page=4, order="updated_at:asc").json()
    assert [row["id"] for row in body["results"]] == ["11", "12", "13"]
    assert (body["meta"]["page_number"], body["meta"]["page_size"]) == (4, 20)


def test_an_unknown_order_is_the_default_in_silence(sandbox: Sandbox) -> None:
    default = listed(sandbox, "time_entries")
    assert listed(sandbox, "time_entries", order="colour:asc") == default
    by_day = [get(sandbox, f"time_entries/{key}").json()["time_entries"][key]["date_performed"] for key in default[:3]]
    assert by_day == ["2026-10-30"] * 3
    assert listed(sandbox, "time_entries", order="updated_at")[:2] == ["1", "2"]  # no direction: ascending


def test_updated_after_and_before_are_exclusive_to_the_second(sandbox: Sandbox) -> None:
    after, before = START + timedelta(seconds=3, milliseconds=400), START + timedelta(seconds=7)
    found = listed(
        sandbox,
        "time_entries",
        updated_after=after.isoformat(),
        updated_before=before.isoformat(),
        order="updated_at:asc",
    )
    assert found == ["4", "5", "6"]


def test_a_misspelt_or_unreadable_filter_gives_everything(sandbox: Sandbox) -> None:
    everything = get(sandbox, "time_entries").json()["count"]
    for asked in ({"update_after": NOW.isoformat()}, {"updated_after": "soon"}, {"colour": "red"}):
        assert get(sandbox, "time_entries", **asked).json()["count"] == everything


def test_a_plus_that_was_not_encoded_spoils_the_filter(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    url = f"{sandbox.kantata_url}/time_entries?updated_after=2026-11-01T00:00:00+00:00"
    assert requests.get(url, headers=headers, timeout=10).json()["count"] == 249
    assert get(sandbox, "time_entries", updated_after="2026-11-01T00:00:00+00:00").json()["count"] == 0


def test_an_empty_list_has_page_zero(sandbox: Sandbox) -> None:
    body = get(sandbox, "rates").json()
    assert body == {
        "count": 0,
        "results": [],
        "rates": {},
        "meta": {"count": 0, "page_count": 0, "page_number": 0, "page_size": 20},
    }


def test_only_drops_missing_ids_in_silence(sandbox: Sandbox) -> None:
    assert sorted(listed(sandbox, "time_entries", only="1,2,999999,250")) == [
        "1",
        "2",
    ]  # 250 is in an archived workspace
    assert len(listed(sandbox, "time_entries", only=",".join(str(key) for key in range(1, 231)))) == 230


@pytest.mark.parametrize(
    ("path", "asked", "found"),
    [
        ("workspaces", {}, ["7"]),
        ("workspaces", {"include_archived": "true"}, ["7", "8"]),
        ("workspaces", {"include_archived": "1"}, ["7"]),
        ("workspaces", {"archived": "include"}, ["7", "8"]),
        ("stories", {}, ["901"]),
        ("stories", {"show_deleted": "true"}, ["901", "902"]),
        ("stories", {"only_deleted": "true"}, ["902"]),
        ("stories", {"show_archived": "TRUE"}, ["901", "903"]),
        (
            "stories",
            {"show_archived": "true", "show_deleted": "true", "show_from_archived_workspaces": "true"},
            ["901", "902", "903", "904"],
        ),
    ],
)
def test_rows_are_hidden_unless_asked_for(sandbox: Sandbox, path: str, asked: dict[str, str], found: list[str]) -> None:
    assert sorted(listed(sandbox, path, **asked)) == found


def test_a_single_record_is_an_envelope_and_a_hidden_one_a_404(sandbox: Sandbox) -> None:
    body = get(sandbox, "workspaces/7.json").json()
    assert (body["count"], body["results"], list(body["workspaces"])) == (1, [{"key": "workspaces", "id": "7"}], ["7"])
    for path in ("workspaces/8", "workspaces/12345", "colours", "additional_items"):
        answer = get(sandbox, path)
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["type"] == "system"


def test_includes_are_objects_of_their_own_even_when_empty_and_bring_the_id_lists(sandbox: Sandbox) -> None:
    plain = get(sandbox, "invoices").json()
    assert "time_entry_ids" not in plain["invoices"]["40"]
    body = get(sandbox, "invoices", include="time_entries,billing_milestones,additional_items,colours").json()
    assert sorted(body["time_entries"]) == ["1", "2"]
    assert body["additional_items"]["5"]["amount_in_cents"] == -500
    assert body["billing_milestones"] == {}
    assert "colours" not in body
    assert body["invoices"]["40"]["time_entry_ids"] == ["1", "2"]
    assert "fixed_fee_item_ids" not in body["invoices"]["40"]


def test_an_included_record_of_the_same_type_shares_the_object(sandbox: Sandbox) -> None:
    body = get(sandbox, "stories", only_deleted="true", include="parent").json()
    assert [row["id"] for row in body["results"]] == ["902"]
    assert sorted(body["stories"]) == ["901", "902"]


def test_events_are_kept_nine_days_come_unordered_and_twice(sandbox: Sandbox) -> None:
    found = walk(sandbox, "subscribed_events", per_page=10)
    assert {int(key) for key in found} == set(range(700, 727))  # nine days of three
    assert len(found) > len(set(found))
    assert found != sorted(found, key=int)
    assert get(sandbox, "subscribed_events").json()["count"] == len(found)


def test_events_show_their_payload_when_asked_and_can_be_filtered(sandbox: Sandbox) -> None:
    body = get(
        sandbox,
        "subscribed_events",
        event_types="workspace:deleted,invoice:deleted",
        created_after=(NOW - timedelta(days=2)).isoformat(),
        optional_fields="current_payload",
    ).json()
    assert {row["event_type"] for row in body["subscribed_events"].values()} == {"workspace:deleted"}
    assert set(body["subscribed_events"]) == {"700", "703"}
    assert body["subscribed_events"]["700"]["current_payload"] == {"status": "approved"}
    assert "current_payload" not in get(sandbox, "subscribed_events").json()["subscribed_events"]["700"]


def test_the_event_feed_is_an_add_on(sandbox: Sandbox) -> None:
    sandbox.set_faults("denied_scope:path=subscribed_events")
    assert get(sandbox, "subscribed_events").status_code == 403
    assert get(sandbox, "workspaces").status_code == 200


def test_a_row_repeated_across_pages(sandbox: Sandbox) -> None:
    sandbox.set_faults("duplicate_rows")
    found = walk(sandbox, "time_entries", per_page=100, order="updated_at:asc")
    assert (len(found), len(set(found))) == (250, 249)
    assert found[99] == found[100]


def test_moving_rows_shift_the_pages_under_a_steady_count(sandbox: Sandbox) -> None:
    window = {
        "per_page": 100,
        "order": "updated_at:asc",
        "from_archived_workspaces": "true",
        "updated_before": (NOW - timedelta(minutes=5)).isoformat(),
    }
    before = get(sandbox, "time_entries", **window | {"per_page": 200}).json()
    sandbox.set_faults("moving_rows:rows=3")
    broken = walk(sandbox, "time_entries", **window)
    assert len(broken) == 250
    assert len(set(broken)) == 247  # three seen twice, three never
    again = walk(sandbox, "time_entries", **window)
    assert sorted(again, key=int) == [str(key) for key in range(1, 251)]
    after = get(sandbox, "time_entries", **window | {"per_page": 200}).json()
    for key in set(before["time_entries"]) & set(after["time_entries"]):
        old, new = before["time_entries"][key], after["time_entries"][key]
        assert {**old, "updated_at": ""} == {**new, "updated_at": ""}


def test_a_missing_custom_field_is_gone_with_its_values_and_an_attribute_from_its_records(sandbox: Sandbox) -> None:
    sandbox.set_faults("missing_field:field=Cap", "missing_field:object=time_entries,field=time_in_minutes")
    assert [row["name"] for row in get(sandbox, "custom_fields").json()["custom_fields"].values()] == ["Role"]
    assert listed(sandbox, "custom_field_values") == []
    assert "time_in_minutes" not in get(sandbox, "time_entries/1").json()["time_entries"]["1"]


def test_a_hard_deleted_row_is_simply_gone(sandbox: Sandbox) -> None:
    at = NOW + timedelta(hours=1)
    put(sandbox.clock.world, "time_entries", 1, at, "hard")
    assert get(sandbox, "time_entries/1").status_code == 200
    sandbox.set_clock(at)
    assert get(sandbox, "time_entries/1").status_code == 404
    assert listed(sandbox, "time_entries", only="1,2") == ["2"]
