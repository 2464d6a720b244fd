"""The portal answers as source-system notes say HubSpot does: defaults, tokens, the search's cap, merges, errors."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.serve import Sandbox, running
from sandbox.world import Version, World

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
BORN = datetime(2026, 1, 5, 10, tzinfo=UTC)
STAMP = "2026-01-05T10:00:00.000Z"


def small_world() -> World:
    """230 deals of one stamp; one archived, one archived long ago, one merged into another, which has two partners."""
    world = World()

    def deal(key: int, at: datetime = BORN, deletion: Any = None, **values: Any) -> None:
        properties = {"dealname": f"Deal {key}", "amount": str(key), "createdate": STAMP, **values}
        record = {"id": str(key), "properties": properties}
        world.add("hubspot", "deals", str(key), Version(at, BORN if deletion else at, record, deletion))

    for number in range(230):
        deal(500 + number)
    deal(500, NOW - timedelta(days=5), "soft")
    deal(501, NOW - timedelta(days=95), "soft")
    deal(502, NOW - timedelta(days=5), "hard")
    deal(503, NOW - timedelta(days=5), hs_merged_object_ids="502")
    types = [{"category": "HUBSPOT_DEFINED", "typeId": number, "label": None} for number in (5, 341)]
    for other in ("9001", "9002"):
        link = {"from_type": "deals", "from": "503", "to_type": "companies", "to": other, "types": types}
        world.add("hubspot", "associations", f"503/{other}", Version(BORN, BORN, link))
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


def get(sandbox: Sandbox, path: str, token: str = "", **params: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or sandbox.portal_token}"}
    return requests.get(sandbox.hubspot_url + path, params=params, headers=headers, timeout=10)


def post(sandbox: Sandbox, path: str, body: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.portal_token}"}
    return requests.post(sandbox.hubspot_url + path, json=body, headers=headers, timeout=10)


DEALS = "/crm/objects/2026-09/deals"


def search(sandbox: Sandbox, *filters: dict[str, str], **more: Any) -> requests.Response:
    return post(sandbox, f"{DEALS}/search", {"filterGroups": [{"filters": filters}], **more})


def test_a_list_shows_ten_records_and_few_properties_unless_told(sandbox: Sandbox) -> None:
    page = get(sandbox, DEALS).json()
    assert [record["id"] for record in page["results"]] == [str(500 + number) for number in range(3, 13)]
    first = page["results"][0]
    assert set(first["properties"]) == {
        "amount", "closedate", "createdate", "dealname", "dealstage", "pipeline", "hs_lastmodifieddate", "hs_object_id",
    }  # fmt: skip
    assert (first["properties"]["amount"], first["archived"]) == ("503", False)
    assert not page["paging"]["next"]["after"].isdigit()


def test_a_list_ends_without_paging_and_ignores_unknown_properties(sandbox: Sandbox) -> None:
    params = {"limit": "100", "properties": "dealname,never_heard_of"}
    pages = [get(sandbox, DEALS, **params).json()]
    while "paging" in pages[-1]:
        pages.append(get(sandbox, DEALS, **params, after=pages[-1]["paging"]["next"]["after"]).json())
    assert [len(page["results"]) for page in pages] == [100, 100, 27]
    assert set(pages[0]["results"][0]["properties"]) == {
        "dealname", "createdate", "hs_lastmodifieddate", "hs_object_id",
    }  # fmt: skip
    assert get(sandbox, DEALS, limit="101").status_code == 400


def test_archived_records_stand_in_their_own_list_for_ninety_days(sandbox: Sandbox) -> None:
    [archived] = get(sandbox, DEALS, archived="true").json()["results"]
    assert (archived["id"], archived["archived"], archived["archivedAt"]) == ("500", True, "2026-11-18T05:00:00.000Z")
    assert archived["updatedAt"] == STAMP


def test_a_search_ends_at_its_cap_and_never_tells_its_limits(sandbox: Sandbox) -> None:
    sandbox.set_faults("search_cap:over=100")
    answer = search(sandbox, limit=50, after="50")
    assert answer.json()["total"] == 227
    assert answer.json()["paging"]["next"]["after"] == "100"
    assert not [name for name in answer.headers if name.lower().startswith("x-hubspot-ratelimit")]
    beyond = search(sandbox, limit=50, after="100")
    assert (beyond.status_code, beyond.json()["category"]) == (400, "VALIDATION_ERROR")
    assert get(sandbox, DEALS).headers["X-HubSpot-RateLimit-Daily"] == "650000"


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"propertyName": "hs_lastmodifieddate", "operator": "BETWEEN", "value": STAMP, "highValue": STAMP}, 226),
        ({"propertyName": "hs_lastmodifieddate", "operator": "GT", "value": "1767607200000"}, 1),  # the same stamp
        ({"propertyName": "hs_object_id", "operator": "LTE", "value": "510"}, 8),
        ({"propertyName": "amount", "operator": "LT", "value": "600.5"}, 98),  # numbers, though written as text
        ({"propertyName": "dealname", "operator": "EQ", "value": "deal 504"}, 1),
    ],
)
def test_filters(sandbox: Sandbox, asked: dict[str, str], count: int) -> None:
    assert search(sandbox, asked, limit=1).json()["total"] == count


def test_a_search_by_another_kinds_stamp_is_refused(sandbox: Sandbox) -> None:
    wrong = {"propertyName": "lastmodifieddate", "operator": "GT", "value": "0"}
    answer = search(sandbox, wrong)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert search(sandbox, properties=["x" * 3000]).status_code == 400  # a body too long


def test_a_batch_read_gives_the_winner_for_a_merged_id_and_names_what_it_lacks(sandbox: Sandbox) -> None:
    answer = post(sandbox, f"{DEALS}/batch/read", {"inputs": [{"id": "502"}, {"id": "1"}], "properties": ["amount"]})
    assert answer.status_code == 207
    assert [record["id"] for record in answer.json()["results"]] == ["503"]
    assert answer.json()["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert answer.json()["errors"][0]["context"] == {"ids": ["1"]}


def test_partners_come_with_all_their_types_and_none_is_an_error(sandbox: Sandbox) -> None:
    path = "/crm/associations/2026-09/deals/companies/batch/read"
    answer = post(sandbox, path, {"inputs": [{"id": "503"}, {"id": "504"}]})
    [result] = answer.json()["results"]
    assert [partner["toObjectId"] for partner in result["to"]] == ["9001", "9002"]
    assert [one["typeId"] for one in result["to"][0]["associationTypes"]] == [5, 341]
    assert (answer.status_code, answer.json()["errors"][0]["category"]) == (207, "NO_ASSOCIATIONS_FOUND")


@pytest.mark.parametrize(
    ("fault", "status", "name", "value"),
    [
        ("rate_limit:vendor=hubspot", 429, "policyName", "TEN_SECONDLY_ROLLING"),
        ("search_limit", 429, "policyName", "SECONDLY"),
        ("portal_day_used", 429, "policyName", "DAILY"),
        ("portal_token_expired", 401, "category", "EXPIRED_AUTHENTICATION"),
        ("portal_scope", 403, "category", "MISSING_SCOPES"),
    ],
)
def test_refusals_say_why_in_their_policy_or_category(
    sandbox: Sandbox, fault: str, status: int, name: str, value: str
) -> None:
    sandbox.set_faults(fault)
    answer = search(sandbox)
    assert (answer.status_code, answer.json()[name]) == (status, value)
    assert ("Retry-After" in answer.headers) is fault.startswith("rate_limit")


def test_a_wrong_token_and_a_long_address(sandbox: Sandbox) -> None:
    wrong = get(sandbox, DEALS, "wrong")
    assert (wrong.status_code, wrong.json()["category"]) == (401, "INVALID_AUTHENTICATION")
    assert get(sandbox, DEALS, properties="x" * 15_000).status_code == 414
    assert get(sandbox, "/crm/objects/2020-01/deals").status_code == 404
    assert get(sandbox, "/crm/v3/objects/deals").status_code == 200
