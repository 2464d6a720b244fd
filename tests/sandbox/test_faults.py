"""Faults come when they were asked for, stop by themselves, and look as the vendors' own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from sandbox.faults import KINDS, Fault, Faults, parse
from sandbox.serve import Sandbox, running
from sandbox.world import World

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with running(World(), NOW) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.set_faults()
    return served


def psa(sandbox: Sandbox, timeout: float = 10) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    return requests.get(f"{sandbox.kantata_url}/workspaces", headers=headers, timeout=timeout)


def crm(sandbox: Sandbox) -> requests.Response:
    form = {"grant_type": "client_credentials", "client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    session = requests.post(f"{sandbox.salesforce_url}/services/oauth2/token", data=form, timeout=10).json()[
        "access_token"
    ]
    return requests.get(
        f"{sandbox.salesforce_url}/services/data/v65.0/limits",
        headers={"Authorization": f"Bearer {session}"},
        timeout=10,
    )


def fired(fault: Fault, requests_made: int) -> list[int]:
    """The numbers of the requests, from 1, that showed the fault."""
    faults = Faults()
    faults.add(fault)
    return [number for number in range(1, requests_made + 1) if faults.due((fault.name,), "kantata", "/api/v1/x?")]


def test_a_fault_comes_once_unless_told_otherwise() -> None:
    assert fired(Fault("server_error"), 5) == [1]


def test_every_after_and_times_place_it() -> None:
    assert fired(Fault("server_error", every=3, times=2), 12) == [3, 6]
    assert fired(Fault("server_error", after=4, every=2, times=9), 10) == [6, 8, 10]


def test_a_lasting_fault_comes_until_cleared_or_as_often_as_told() -> None:
    assert fired(Fault("denied_scope"), 3) == [1, 2, 3]
    assert fired(Fault("denied_scope", times=1), 3) == [1]


def test_it_comes_for_its_vendor_and_path_only() -> None:
    faults = Faults()
    faults.replace(["server_error:vendor=kantata,path=stories"])
    assert faults.due(("server_error",), "salesforce", "/api/v1/stories?") is None
    assert faults.due(("server_error",), "kantata", "/api/v1/workspaces?") is None
    assert faults.due(("server_error",), "kantata", "/api/v1/stories?page=1") is not None
    assert (faults.counts()[0]["seen"], faults.counts()[0]["fired"], faults.counts()[0]["is_spent"]) == (1, 1, True)


@pytest.mark.parametrize(
    "text",
    [
        "colour",
        "server_error:colour=red",
        "server_error:status=many",
        "server_error:every=0",
        "daily_limit:vendor=kantata",
        "missing_field:object=Account",
    ],
)
def test_a_fault_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_text_and_arguments_say_the_same() -> None:
    assert parse("server_error:status=502,is_html=true,times=2") == Fault(
        "server_error", status=502, is_html=True, times=2
    )
    assert all(parse(f"{name}:field=x").name == name for name in KINDS)


def test_rate_limits_with_and_without_a_header(sandbox: Sandbox) -> None:
    sandbox.set_faults("rate_limit:seconds=2.5")
    answer = psa(sandbox)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    sandbox.set_faults("rate_limit_silent")
    answer = psa(sandbox)
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers
    assert psa(sandbox).status_code == 200


@pytest.mark.parametrize(
    ("text", "status", "content"),
    [
        ("server_error", 503, "application/json"),
        ("server_error:status=500", 500, "application/json"),
        ("server_error:status=502,is_html=true", 502, "text/html"),
        ("server_error:status=420", 420, ""),
    ],
)
def test_server_errors(sandbox: Sandbox, text: str, status: int, content: str) -> None:
    sandbox.set_faults(text)
    answer = psa(sandbox)
    assert answer.status_code == status
    assert answer.headers.get("content-type", "").startswith(content)
    assert bool(answer.content) is bool(content)
    assert psa(sandbox).status_code == 200


def test_a_late_answer(sandbox: Sandbox) -> None:
    sandbox.set_faults("timeout:seconds=0.5")
    with pytest.raises(requests.ReadTimeout):
        psa(sandbox, timeout=0.1)
    assert psa(sandbox).status_code == 200


def test_a_connection_that_drops_in_the_middle(sandbox: Sandbox) -> None:
    sandbox.set_faults("broken_body")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        psa(sandbox)
    assert psa(sandbox).status_code == 200


def test_half_a_json_text_in_a_whole_answer(sandbox: Sandbox) -> None:
    sandbox.set_faults("truncated_body")
    answer = psa(sandbox)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(ValueError):
        answer.json()
    assert psa(sandbox).json()["count"] == 0


def test_salesforces_short_and_daily_limits_differ_by_their_words(sandbox: Sandbox) -> None:
    def refusal() -> tuple[int, Any]:
        answer = crm(sandbox)
        return answer.status_code, answer.json()

    code = "REQUEST_LIMIT_EXCEEDED"
    sandbox.set_faults("concurrency_limit")
    assert refusal() == (403, [{"message": "ConcurrentPerOrgLongTxn Limit exceeded.", "errorCode": code}])
    assert crm(sandbox).status_code == 200
    sandbox.set_faults("daily_limit:after=1")
    assert crm(sandbox).status_code == 200
    for _ in range(3):
        assert refusal() == (403, [{"message": "TotalRequests Limit exceeded.", "errorCode": code}])
    sandbox.set_faults()
    assert crm(sandbox).status_code == 200


def test_switches_over_http(sandbox: Sandbox) -> None:
    url = f"{sandbox.control_url}/faults"
    assert (
        requests.post(url, json={"name": "server_error", "vendor": "kantata", "times": 2}, timeout=10).status_code
        == 200
    )
    assert psa(sandbox).status_code == 503
    shown = requests.get(url, timeout=10).json()
    assert [(row["name"], row["seen"], row["fired"]) for row in shown] == [("server_error", 1, 1)]
    assert requests.post(url, json={"name": "colour"}, timeout=10).status_code == 400
    assert requests.delete(url, timeout=10).json() == []
    assert psa(sandbox).status_code == 200
