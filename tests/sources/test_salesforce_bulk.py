"""Bulk API 2.0: a large window comes by a query job, with the same records, hashes and counts as by REST's pages."""

from datetime import UTC, datetime, timedelta

import pytest
from requests.structures import CaseInsensitiveDict

from sandbox.faults import Fault
from tasks.errors import ContractError, SourceError, UnreachableError
from tasks.lake.read import cursor
from tasks.sources import salesforce_csv
from tasks.sources.judgement import Answer
from tasks.sources.vendor import Window

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
ALL = Window(NOW - 400 * DAY, NOW - DAY)
AWKWARD = 'He said "no",\nthen;left\r\nand came back'


def key(number):
    return f"001RO{number:010d}AAA"


def account(company, number, at=NOW - 9 * DAY, **record):
    given = {"Name": f"Account {number}", "CurrencyIsoCode": "USD"}
    company.crm("Account", key(number), at, **{**given, **record})


@pytest.fixture
def fifty(company):
    for number in range(50):
        account(company, number, NOW - 9 * DAY + number * timedelta(minutes=20))
    return company


def bulked(bench, **changes):
    return bench.with_source("salesforce", **({"bulk_over": 20, "bulk_page_rows": 20} | changes))


def jobs(bench):
    """The sandbox's count of a fault that is met by each job's making and never shown."""
    return next(one["seen"] for one in bench.servers.faults.counts() if one["name"] == "bulk_unsupported")


NEVER = Fault("bulk_unsupported", path="jobs/query?", after=10_000)


def test_a_first_pull_of_many_rows_is_one_job_and_its_pages(fifty, serve):
    bench = bulked(serve(faults=[NEVER]))
    pulled = bench.pull("salesforce", "account")
    assert (pulled.rows_read, pulled.appended, pulled.vendor_count, pulled.pages) == (50, 50, 50, 3)
    assert bench.live("salesforce", "account") == {key(number) for number in range(50)}
    assert jobs(bench) == 1
    assert bench.slept == [2.0, 3.0, 4.5]  # uploaded, in progress, complete
    assert cursor(bench.settings.lake, "salesforce", "account") == NOW - timedelta(minutes=5)


def test_few_rows_and_an_uncounted_window_of_few_rows_ask_for_no_job(fifty, serve):
    bench = bulked(serve(faults=[NEVER]), bulk_over=50)
    bench.pull("salesforce", "account")
    account(fifty, 99, NOW + DAY - timedelta(hours=1))
    bench.at(NOW + DAY).pull("salesforce", "account")
    assert (jobs(bench), len(bench.live("salesforce", "account"))) == (0, 51)


def test_the_first_page_of_an_uncounted_window_tells_that_it_is_large(fifty, serve):
    bench = bulked(serve(faults=[NEVER]), bulk_over=49)
    bench.pull("salesforce", "account")
    for number in range(50):  # a mass update
        account(fifty, number, NOW + DAY - timedelta(hours=1), Segment__c="Mid")
    pulled = bench.at(NOW + DAY).pull("salesforce", "account")
    assert (pulled.appended, jobs(bench)) == (50, 2)


def test_records_that_have_not_changed_are_the_same_by_both_ways(company, serve):
    values = [0.1, 1234.56, 35_000_000.0, 0.3333333333333333, 123456789012345.6, -2.5, 2, None]
    for number, value in enumerate(values):
        company.crm("SBQQ__Subscription__c", f"a0X{number:012d}AAA", SBQQ__NetPrice__c=value, SBQQ__Quantity__c=3,
                    SBQQ__ProductName__c=AWKWARD if value else None, SBQQ__StartDate__c="2026-01-01")  # fmt: skip
        company.crm("Opportunity", f"006{number:012d}AAA", IsWon=bool(number % 2), IsClosed=True, Name="Déjà vu",
                    Amount=value, CloseDate="2026-01-31")  # fmt: skip
        account(company, number, IsDeleted=number == 1, CreatedDate="2024-02-29T23:59:59.000+0000")
    bench = serve()
    entities = ("subscription", "opportunity", "account")
    first = {entity: bench.pull("salesforce", entity).appended for entity in entities}
    assert first == dict.fromkeys(entities, len(values))
    before = {entity: bench.held("salesforce", entity) for entity in entities}
    for entity in entities:
        again = bulked(bench.at(NOW + DAY), bulk_over=0).pull("salesforce", entity, window=ALL)
        assert (again.unchanged, again.appended, again.pages) == (len(values), 0, 1)
        assert bench.held("salesforce", entity) == before[entity]


def test_a_lake_filled_by_a_job_reads_the_same_by_rest(company, serve):
    company.crm("SBQQ__Subscription__c", "a0X000000000001AAA", SBQQ__NetPrice__c=0.3333333333333333,
                SBQQ__Quantity__c=2.0, SBQQ__StartDate__c="2026-01-01", CurrencyIsoCode="EUR")  # fmt: skip
    bench = serve()
    assert bulked(bench, bulk_over=0).pull("salesforce", "subscription").appended == 1
    row = bench.held("salesforce", "subscription")["a0X000000000001AAA"]
    assert (str(row["net_price"]), str(row["quantity"])) == ("0.333333", "2.000000")
    assert (row["_updated_at"], row["product"], row["_unreadable"]) == (NOW - 9 * DAY, None, None)
    again = bench.at(NOW + DAY).pull("salesforce", "subscription", window=ALL)
    assert (again.unchanged, again.appended) == (1, 0)


TRANSIENT = (
    "rate_limit:seconds=0", "server_error:status=503,path=/jobs", "server_error:is_html=true,path=/results",
    "broken_body:path=/results", "truncated_body:path=/results", "expired_token:path=/results",
    "concurrency_limit:path=/jobs", "bulk_timeout:over=30,times=1", "results_empty", "header_once", "locator_absent",
)  # fmt: skip


@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_row_arrives_whatever_the_job_does(fifty, serve, fault):
    bench = bulked(serve(faults=[f"{fault}{',' if ':' in fault else ':'}vendor=salesforce"]))
    bench.pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(number) for number in range(50)}
    assert bench.servers.faults.counts()[0]["fired"] >= 1


@pytest.mark.parametrize("fault", ["bulk_unsupported", "bulk_jobs_used", "denied_scope:path=jobs/query"])
def test_what_bulk_refuses_is_read_by_rest(fifty, serve, fault):
    bench = bulked(serve(faults=[f"{fault}{',' if ':' in fault else ':'}vendor=salesforce"]))
    assert bench.pull("salesforce", "account").appended == 50
    assert bench.servers.faults.counts()[0]["fired"] == 1


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("bulk_failed", r"failed \(InvalidBatch : Field name not found : Gone__c\): correct the field map"),
        ("bulk_aborted", "was aborted in the org: see Setup, Bulk Data Load Jobs"),
    ],
)
def test_a_job_that_ends_badly_says_why_and_keeps_nothing(fifty, serve, fault, message):
    bench = bulked(serve(faults=[fault]))
    with pytest.raises(ContractError, match=message):
        bench.pull("salesforce", "account")
    assert cursor(bench.settings.lake, "salesforce", "account") is None
    assert bench.pull("salesforce", "account").appended == 50


def test_a_job_that_never_ends_is_left_at_the_deadline(fifty, serve):
    bench = bulked(serve(faults=["bulk_stuck"]), deadline_seconds=20)
    with pytest.raises(SourceError, match=r"within 20 s \(last: Bulk job .* is not complete\).*DEADLINE_SECONDS"):
        bench.pull("salesforce", "account")
    assert bench.slept[:3] == [2.0, 3.0, 4.5]  # and no longer than 20 s in one go


def test_results_that_stay_away_are_no_empty_result(fifty, serve):
    bench = bulked(serve(faults=["results_empty:times=100"]))
    with pytest.raises(UnreachableError, match="an answer without content"):
        bench.pull("salesforce", "account")
    assert cursor(bench.settings.lake, "salesforce", "account") is None


def test_the_ids_of_many_rows_come_by_a_job_too(fifty, serve):
    bench = bulked(serve(faults=[NEVER]), deletes_days=0)
    bench.pull("salesforce", "account")
    fifty.crm_gone("Account", key(4), NOW + timedelta(minutes=1))
    bench.at(NOW + DAY).pull("salesforce", "account")
    assert bench.live("salesforce", "account") == {key(number) for number in range(50) if number != 4}
    assert jobs(bench) == 2


def paged(body, **headers):
    return salesforce_csv.page(["Id", "Name"], Answer(200, CaseInsensitiveDict(headers), body, ""))


def test_a_page_is_read_with_and_without_its_header_and_none_is_no_row():
    for body in (b'"Id","Name"\n"1","a\n""b"""\n', b'"id","name"\n"1","a\n""b"""\n', b'"1","a\n""b"""\n'):
        table, _ = paged(body, **{"Sforce-NumberOfRecords": "1"})
        assert table.to_pylist() == [{"Id": "1", "Name": 'a\n"b"'}]
    for body in (b"", b"\n", b'"Id","Name"\n'):
        assert paged(body, **{"Sforce-NumberOfRecords": "0"})[0].num_rows == 0


def test_a_page_that_was_cut_is_broken():
    for body in (b'"Id","Name"\n"1","a"\n"2","b', b'"Id","Name"\n"1","a"\n'):
        with pytest.raises(ValueError, match=r"has no end|1 rows came of 2"):
            paged(body, **{"Sforce-NumberOfRecords": "2"})


def test_only_another_locator_means_another_page():
    assert paged(b"", **{"Sforce-Locator": "null"})[1] == ""
    assert paged(b"")[1] == ""
    assert paged(b"", **{"Sforce-Locator": "MTAwMDA"})[1] == "MTAwMDA"


def test_a_long_text_and_a_null_byte_do_not_break_a_page():
    long = b"x" * 2_000_000  # longer than the csv module's own limit and than a block of Arrow's
    table, _ = paged(b'"Id","Name"\n"1","' + long + b'"\n"2","a\0b"\n')
    assert [len(row["Name"]) for row in table.to_pylist()] == [2_000_000, 2]


def test_texts_become_what_rest_gives():
    types = {"Id": "id", "A": "int", "B": "double", "C": "boolean", "D": "datetime", "E": "picklist", "F": "percent"}
    answer = Answer(
        200, CaseInsensitiveDict(), b'"1","3.0","0.3333333333333333","false","2023-10-22T06:25:12.000Z","","50.0"\n'
    )
    table, _ = salesforce_csv.page(list(types), answer)
    ((found, payload),) = salesforce_csv.payloads(table, types)
    assert found == "1"
    assert payload == (
        b'{"A":3,"B":"0.3333333333333333","C":false,"D":"2023-10-22T06:25:12.000+0000","E":null,"F":50.0,"Id":"1"}'
    )
