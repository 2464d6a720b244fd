"""The org answers as source-system notes say Salesforce does: OAuth errors, locators, SOQL refusals, session expiry."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox import describe
from sandbox.faults import Fault
from sandbox.serve import Sandbox, running
from sandbox.world import Version, World

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
BORN = datetime(2026, 1, 5, 10, tzinfo=UTC)
STAMP = "2026-01-05T10:00:00.000+0000"
WINDOW = "SystemModstamp >= 2026-01-01T00:00:00Z AND SystemModstamp < 2026-11-23T04:55:00Z"


def account(number: int, **given: Any) -> dict[str, Any]:
    key = f"001RO{number:010d}AAA"
    return {
        "Id": key,
        "Name": f"Account {number}",
        "IsDeleted": False,
        "SystemModstamp": STAMP,
        "CreatedDate": STAMP,
    } | given


def small_world() -> World:
    """450 accounts of one stamp; the first deleted in March, the second renamed in June."""
    world = World()
    for number in range(450):
        record = account(number)
        world.add("salesforce", "Account", record["Id"], Version(BORN, BORN, record))
    march, june = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)
    gone = account(0, IsDeleted=True, SystemModstamp="2026-03-02T09:00:00.000+0000")
    world.add("salesforce", "Account", gone["Id"], Version(march, march, gone, "soft"))
    named = account(1, Name="O'Neil", Segment__c="Mid", SystemModstamp="2026-06-01T09:00:00.000+0000")
    world.add("salesforce", "Account", named["Id"], Version(june, june, named))
    opportunity = {"Id": "006RO0000000001AAA", "Amount": 1500.5, "IsWon": True, "CloseDate": "2026-02-01"}
    world.add("salesforce", "Opportunity", opportunity["Id"], Version(BORN, BORN, opportunity))
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


def token(sandbox: Sandbox, **changed: str) -> requests.Response:
    form = {"grant_type": "client_credentials", "client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    return requests.post(f"{sandbox.salesforce_url}/services/oauth2/token", data=form | changed, timeout=10)


def get(sandbox: Sandbox, path: str, soql: str = "", batch: int = 2000, session: str = "") -> requests.Response:
    session = session or token(sandbox).json()["access_token"]
    headers = {"Authorization": f"Bearer {session}", "Sforce-Query-Options": f"batchSize={batch}"}
    params = {"q": soql} if soql else None
    return requests.get(f"{sandbox.salesforce_url}{path}", params=params, headers=headers, timeout=10)


def query(sandbox: Sandbox, soql: str, **how: Any) -> requests.Response:
    return get(sandbox, "/services/data/v65.0/query", soql, **how)


def walk(sandbox: Sandbox, soql: str, path: str = "query", session: str = "") -> list[dict[str, Any]]:
    """The pages of a query."""
    pages = [get(sandbox, f"/services/data/v65.0/{path}", soql, 200, session).json()]
    while not pages[-1]["done"]:
        pages.append(get(sandbox, pages[-1]["nextRecordsUrl"], batch=200, session=session).json())
    return pages


def ids(pages: list[dict[str, Any]]) -> list[str]:
    return [record["Id"] for page in pages for record in page["records"]]


def test_a_token_has_a_millisecond_text_stamp_and_no_expiry(sandbox: Sandbox) -> None:
    body = token(sandbox).json()
    assert body["instance_url"] == sandbox.salesforce_url
    assert body["token_type"] == "Bearer"
    assert body["issued_at"] == str(int(NOW.timestamp()) * 1000)
    assert "expires_in" not in body


def test_a_token_is_given_for_basic_authorization_too(sandbox: Sandbox) -> None:
    answer = requests.post(
        f"{sandbox.salesforce_url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(sandbox.client_id, sandbox.client_secret),
        timeout=10,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client_id"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_login_is_a_400_with_an_object(sandbox: Sandbox, changed: dict[str, str], error: str) -> None:
    answer = token(sandbox, **changed)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_without_a_session_every_data_call_is_a_401_array(sandbox: Sandbox) -> None:
    answer = query(sandbox, "SELECT Id FROM Account", session="old")
    assert answer.status_code == 401
    assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_the_versions_are_listed_without_a_session(sandbox: Sandbox) -> None:
    listed = requests.get(f"{sandbox.salesforce_url}/services/data/", timeout=10).json()
    assert {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"} in listed
    assert {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"} in listed


def test_pages_follow_locators_and_one_in_the_middle_is_short(sandbox: Sandbox) -> None:
    pages = walk(sandbox, f"SELECT Id, Name FROM Account WHERE {WINDOW}")
    assert [len(page["records"]) for page in pages] == [200, 180, 69]
    assert [page["totalSize"] for page in pages] == [449, 449, 449]
    assert len(set(ids(pages))) == 449
    assert pages[0]["records"][0] == {
        "attributes": {"type": "Account", "url": "/services/data/v65.0/sobjects/Account/001RO0000000001AAA"},
        "Id": "001RO0000000001AAA",
        "Name": "O'Neil",
    }


def test_query_all_keeps_deleted_rows_though_its_locator_says_query(sandbox: Sandbox) -> None:
    pages = walk(sandbox, "SELECT Id, IsDeleted FROM Account ORDER BY IsDeleted, Id DESC", "queryAll")
    assert pages[0]["nextRecordsUrl"].startswith("/services/data/v65.0/query/01g")
    assert pages[0]["nextRecordsUrl"].endswith("-200")
    assert pages[-1]["records"][-1]["IsDeleted"] is True
    assert len(ids(pages)) == 450


def test_every_answer_counts_up_the_limit_header(sandbox: Sandbox) -> None:
    used = [
        int(query(sandbox, "SELECT COUNT() FROM Account").headers["Sforce-Limit-Info"].split("=")[1].split("/")[0])
        for _ in range(2)
    ]
    assert used[1] == used[0] + 1
    limits = get(sandbox, "/services/data/v65.0/limits").json()["DailyApiRequests"]
    assert limits["Max"] - limits["Remaining"] == used[1] + 1


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("Id = '001RO0000000005'", 1),  # 15 characters find the 18
        ("Name = 'account 7'", 1),  # text without case
        ("Name = 'O\\'Neil'", 1),
        ("Name IN ('Account 3', 'Account 4', 'nobody')", 2),
        ("Name NOT IN ('Account 3', 'Account 4')", 447),
        ("Segment__c = null", 448),
        ("Segment__c != 'Mid'", 448),  # null is not Mid either
        ("IsDeleted = true", 0),  # query never shows them
        ("SystemModstamp > 2026-01-05T10:00:00Z", 1),
        ("SystemModstamp >= 2026-01-05T11:00:00.000+01:00", 449),  # the same instant
    ],
)
def test_where(sandbox: Sandbox, where: str, count: int) -> None:
    body = query(sandbox, f"SELECT COUNT() FROM Account WHERE {where}").json()
    assert body == {"totalSize": count, "done": True, "records": []}


def test_numbers_dates_limit_and_case_of_names(sandbox: Sandbox) -> None:
    soql = "select id, AMOUNT from opportunity where Amount >= 1500 and CloseDate = 2026-02-01 and IsWon = TRUE limit 5"
    record = query(sandbox, soql).json()["records"][0]
    assert (record["Id"], record["Amount"]) == ("006RO0000000001AAA", 1500.5)


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT Id FORM Account", "MALFORMED_QUERY", "Column:11\nunexpected token: 'FORM'"),
        ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY", "no viable alternative"),
        ("SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b'", "MALFORMED_QUERY", "unexpected token: 'OR'"),
        ("SELECT Id FROM XYZZY", "INVALID_TYPE", "sObject type 'XYZZY' is not supported"),
        ("SELECT Id, Colour__c FROM Account", "INVALID_FIELD", "No such column 'Colour__c' on entity 'Account'"),
        ("SELECT Id, id FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
        (
            "SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'",
            "INVALID_FIELD",
            "must be of type dateTime",
        ),
        ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Account WHERE Name = 7", "INVALID_FIELD", "should be enclosed in quotes"),
    ],
)
def test_a_refused_query_says_why_in_an_array(sandbox: Sandbox, soql: str, code: str, words: str) -> None:
    answer = query(sandbox, soql)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == code
    assert words in answer.json()[0]["message"]


def test_unknown_locators_versions_and_paths_are_refused(sandbox: Sandbox) -> None:
    lost = get(sandbox, "/services/data/v65.0/query/01gRO0000000000AAA-2000")
    assert (lost.status_code, lost.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")
    for path in ("/services/data/v99.0/limits", "/services/data/v65.0/sobjects/Nothing/describe", "/services/nothing"):
        answer = get(sandbox, path)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_a_locator_dies_after_two_days_and_when_ten_newer_ones_are_open(sandbox: Sandbox) -> None:
    first = query(sandbox, "SELECT Id FROM Account", batch=200).json()["nextRecordsUrl"]
    sandbox.set_clock(NOW + timedelta(days=2, seconds=1))
    assert get(sandbox, first).status_code == 400
    sandbox.set_clock(NOW)
    assert get(sandbox, first).status_code == 200
    for _ in range(10):
        query(sandbox, "SELECT Id FROM Account", batch=200)
    assert get(sandbox, first).status_code == 400


def test_a_url_too_long_is_html(sandbox: Sandbox) -> None:
    answer = query(sandbox, "SELECT " + ", ".join(["Name"] * 3000) + " FROM Account")
    assert answer.status_code == 414
    assert answer.headers["content-type"].startswith("text/html")


def test_describe_gives_mapped_fields_and_types_even_where_no_record_has_them(sandbox: Sandbox) -> None:
    fields = {
        field["name"]: field["type"]
        for field in get(sandbox, "/services/data/v65.0/sobjects/Opportunity/describe").json()["fields"]
    }
    assert fields["Id"] == "id"
    assert fields["Amount"] == "currency"
    assert fields["IsClosed"] == "boolean"
    assert fields["CloseDate"] == "date"
    assert fields["SystemModstamp"] == "datetime"
    names = [row["name"] for row in get(sandbox, "/services/data/v65.0/sobjects").json()["sobjects"]]
    package = {name for name in describe.mapped() if name.startswith("pse__")}
    assert set(names) == describe.mapped().keys() - package  # Certinia is not installed here
    assert package


def test_the_state_is_the_clocks(sandbox: Sandbox) -> None:
    soql = "SELECT COUNT() FROM Account WHERE Name = 'Account 1'"
    assert query(sandbox, soql).json()["totalSize"] == 0
    sandbox.set_clock(datetime(2026, 5, 1, tzinfo=UTC))
    assert query(sandbox, soql).json()["totalSize"] == 1
    sandbox.set_clock(datetime(2026, 1, 1, tzinfo=UTC))
    assert query(sandbox, "SELECT COUNT() FROM Account").json()["totalSize"] == 0


def test_a_session_ends_between_two_pages_and_the_locator_survives_a_new_login(sandbox: Sandbox) -> None:
    sandbox.set_faults("expired_token")
    session = token(sandbox).json()["access_token"]
    page = query(sandbox, "SELECT Id FROM Account", batch=200, session=session).json()
    for _ in range(2):  # the old session stays dead
        assert get(sandbox, page["nextRecordsUrl"], session=session).status_code == 401
    assert get(sandbox, page["nextRecordsUrl"]).status_code == 200


def test_a_lost_locator_stays_lost_and_a_new_query_gets_through(sandbox: Sandbox) -> None:
    sandbox.set_faults("locator_lost")
    page = query(sandbox, "SELECT Id FROM Account", batch=200).json()
    for _ in range(2):
        assert get(sandbox, page["nextRecordsUrl"]).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    assert len(ids(walk(sandbox, "SELECT Id FROM Account"))) == 449


def test_only_large_queries_time_out(sandbox: Sandbox) -> None:
    sandbox.set_faults(Fault("query_timeout", over=100, times=1000))
    assert query(sandbox, "SELECT Id FROM Account").json()[0]["errorCode"] == "QUERY_TIMEOUT"
    assert query(sandbox, "SELECT Id FROM Account LIMIT 100").status_code == 200


def test_a_missing_field_is_gone_from_describe_and_from_soql(sandbox: Sandbox) -> None:
    sandbox.set_faults("missing_field:object=Account,field=Segment__c")
    fields = get(sandbox, "/services/data/v65.0/sobjects/Account/describe").json()["fields"]
    assert "Segment__c" not in [field["name"] for field in fields]
    assert query(sandbox, "SELECT Id, Segment__c FROM Account").json()[0]["errorCode"] == "INVALID_FIELD"


def test_a_row_repeated_across_pages_goes_over_the_total(sandbox: Sandbox) -> None:
    sandbox.set_faults("duplicate_rows")
    found = ids(walk(sandbox, "SELECT Id FROM Account"))
    assert (len(found), len(set(found))) == (450, 449)
    assert found[199] == found[200]


def test_moving_rows_change_their_stamp_only(sandbox: Sandbox) -> None:
    soql = f"SELECT Id, Name, SystemModstamp FROM Account WHERE {WINDOW}"
    calm = {record["Id"]: record for page in walk(sandbox, soql) for record in page["records"]}
    sandbox.set_faults("moving_rows:rows=2")
    pages = walk(sandbox, soql)
    moved = [record for page in pages for record in page["records"] if record != calm[record["Id"]]]
    assert {page["totalSize"] for page in pages} == {449}
    assert len(set(ids(pages))) == 449
    assert [record["SystemModstamp"] for record in moved] == ["2026-06-01T09:00:00.000+0000"] * 2
    assert [record["Name"] for record in moved] == [calm[record["Id"]]["Name"] for record in moved]
    assert sorted(ids(walk(sandbox, soql))) == sorted(calm)
