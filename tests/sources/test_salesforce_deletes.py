"""Rows that vanished are found in the org's log of deletions, and by comparing ids where the log does not serve."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.faults import Fault
from tasks.lake.read import cursor

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ALL_IDS = Fault("server_error", vendor="salesforce", path="/query?q=SELECT Id FROM Account", after=1000)  # only counted
LOG = Fault("server_error", vendor="salesforce", path="/sobjects/Account/deleted", after=1000)


def key(number):
    return f"001RO{number:010d}AAA"


def account(company, number, at=NOW - 9 * DAY, **record):
    given = {"Name": f"Account {number}", "CurrencyIsoCode": "USD"}
    company.crm("Account", key(number), at, **{**given, **record})


@pytest.fixture
def twenty(company):
    for number in range(20):
        account(company, number)
    return company


def seen(bench):
    """How often all ids, and how often the log of deletions, were asked for."""
    counts = {one["path"]: one["seen"] for one in bench.servers.faults.counts()}
    return counts[ALL_IDS.path], counts[LOG.path]


def rest(*gone):
    return {key(number) for number in range(20) if number not in gone}


def test_a_purged_row_is_told_by_the_log_and_no_id_is_read(twenty, serve):
    bench = serve(faults=[ALL_IDS, LOG])
    bench.pull("salesforce", "account")
    twenty.crm_gone("Account", key(4), NOW + MINUTE)
    assert bench.at(NOW + DAY).pull("salesforce", "account").deleted == 1
    assert (bench.live("salesforce", "account"), seen(bench)) == (rest(4), (0, 1))
    assert bench.at(NOW + 2 * DAY).pull("salesforce", "account").deleted == 0
    assert seen(bench) == (0, 1)  # nobody asks while the counts agree


def test_what_the_log_says_may_be_more_than_absence_alone_would_be_believed(twenty, serve):
    bench = serve(faults=[ALL_IDS, LOG])
    bench.pull("salesforce", "account")
    for number in range(15):
        twenty.crm_gone("Account", key(number), NOW + MINUTE)
    assert bench.at(NOW + DAY).pull("salesforce", "account").deleted == 15
    assert bench.live("salesforce", "account") == rest(*range(15))


@pytest.mark.parametrize("fault", [Fault("deletes_refused"), Fault("deletes_forgotten", seconds=60)])
def test_where_the_log_does_not_serve_all_ids_are_compared(twenty, serve, fault):
    bench = serve(faults=[ALL_IDS, LOG, fault])
    bench.pull("salesforce", "account")
    twenty.crm_gone("Account", key(4), NOW + MINUTE)
    bench.at(NOW + DAY).pull("salesforce", "account")
    assert (bench.live("salesforce", "account"), seen(bench)) == (rest(4), (1, 1))


def test_after_a_longer_time_than_the_log_reaches_back_all_ids_are_compared(twenty, serve):
    bench = serve(faults=[ALL_IDS, LOG])
    bench.pull("salesforce", "account")
    twenty.crm_gone("Account", key(4), NOW + MINUTE)
    bench.at(NOW + 40 * DAY).pull("salesforce", "account")
    assert (bench.live("salesforce", "account"), seen(bench)) == (rest(4), (1, 1))


def test_a_log_that_may_not_be_asked_is_not(twenty, serve):
    bench = serve(faults=[ALL_IDS, LOG]).with_source("salesforce", deletes_days=0)
    bench.pull("salesforce", "account")
    twenty.crm_gone("Account", key(4), NOW + MINUTE)
    bench.at(NOW + DAY).pull("salesforce", "account")
    assert (bench.live("salesforce", "account"), seen(bench)) == (rest(4), (1, 0))


def test_a_restored_row_is_in_no_log(twenty, serve):
    bench = serve(faults=[ALL_IDS, LOG])
    bench.pull("salesforce", "account")
    account(twenty, 3, NOW + MINUTE, IsDeleted=True)
    account(twenty, 3, NOW + 2 * MINUTE)
    twenty.crm_gone("Account", key(4), NOW + MINUTE)
    bench.at(NOW + DAY).pull("salesforce", "account")
    assert (bench.live("salesforce", "account"), seen(bench)) == (rest(4), (0, 1))


def test_a_merges_loser_that_its_window_missed_still_names_its_winner(twenty, serve):
    bench = serve(faults=[ALL_IDS, LOG])
    bench.pull("salesforce", "account")
    late = {"visible": NOW + MINUTE, "IsDeleted": True}  # a merge that committed long after its stamp
    account(twenty, 3, NOW - 3 * 60 * MINUTE, MasterRecordId=key(1), **late)
    assert bench.at(NOW + DAY).pull("salesforce", "account").deleted == 1
    row = bench.held("salesforce", "account")[key(3)]
    assert (row["_deleted"], row["master_id"], seen(bench)) == (True, key(1), (0, 1))


def test_a_missed_row_is_still_found_when_another_was_purged(twenty, serve):
    bench = serve(faults=[ALL_IDS, LOG])
    bench.pull("salesforce", "account")
    account(twenty, 50, NOW - 3 * DAY, visible=NOW + MINUTE)  # the log alone does not explain the count
    twenty.crm_gone("Account", key(4), NOW + MINUTE)
    twenty.crm_gone("Account", key(5), NOW + MINUTE)
    bench.at(NOW + DAY).pull("salesforce", "account")
    assert bench.live("salesforce", "account") == rest(4, 5) | {key(50)}
    assert cursor(bench.settings.lake, "salesforce", "account") == NOW + DAY - 5 * MINUTE
