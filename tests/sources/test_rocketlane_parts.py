"""Invoices with their lines, phases by project, time off: what Rocketlane cannot filter lands whole all the same."""

import pytest

from tasks.sources.pull import entities
from tests.sources.rocketlane_account import DAY, MINUTE, NOW, as_rocketlane, gone, labels, put


@pytest.fixture
def bench(serve, monkeypatch):
    """`bench()` serves the company and reads it as Rocketlane."""
    return lambda: as_rocketlane(serve(), monkeypatch)


def invoice(company, key, at=NOW - 9 * DAY, **record):
    given = {"invoiceNumber": f"INV-{key}", "dateOfIssue": "2026-08-20", "currency": "USD", "status": "PAID",
             "projects": [{"projectId": 7}]}  # fmt: skip
    put(company, "invoices", key, at, **{**given, **record})


def line(company, key, of, at=NOW - 9 * DAY, **record):
    given = {"quantity": 10, "unitPrice": 100.5, "amount": 1005, "sourceType": "PROJECT", "sourceId": 7}
    put(company, "lines", key, at, invoiceId=of, **{**given, **record})


def test_an_invoice_lands_with_its_lines(company, bench):
    invoice(company, 1)
    line(company, 11, 1, description="Build")
    line(company, 12, 1, quantity=0.833333, amount=83.75)
    invoice(company, 2, projects=[{"projectId": 7}, {"projectId": 8}])
    line(company, 21, 2, sourceId=8)
    baton = bench()
    assert baton.pull("rocketlane", "invoice").rows_read == 5
    row = baton.held("rocketlane", "invoice")["1"]
    assert (row["status"], row["invoice_date"].isoformat(), row["project_id"]) == ("PAID", "2026-08-20", "7")
    assert baton.held("rocketlane", "invoice")["2"]["project_id"] is None
    lines = baton.held("rocketlane", "invoice_line")
    assert {key: (row["invoice_id"], float(row["amount"]), row["source_id"]) for key, row in lines.items()} == {
        "11": ("1", 1005, "7"), "12": ("1", 83.75, "7"), "21": ("2", 1005, "8")}  # fmt: skip
    assert str(lines["12"]["quantity"]) == "0.833333"


def test_only_the_lines_of_invoices_that_may_differ_are_read_again(company, bench):
    for key in range(1, 6):
        invoice(company, key)
        line(company, 10 + key, key)
    invoice(company, 6, status="SENT")  # not settled
    line(company, 16, 6)
    invoice(company, 2, NOW + MINUTE, status="VOID")  # stamped since
    baton = bench()
    baton.pull("rocketlane", "invoice")
    pulled = baton.at(NOW + DAY).pull("rocketlane", "invoice")
    assert pulled.rows_read == 2 * 2  # invoices 2 and 6, each with its line
    assert baton.held("rocketlane", "invoice")["2"]["status"] == "VOID"
    assert baton.live("rocketlane", "invoice_line") == {"11", "12", "13", "14", "15", "16"}


def test_lines_and_phases_asked_for_several_at_a_time_are_the_same(company, bench):
    labels(company)
    for key in range(1, 21):
        invoice(company, key)
        line(company, 100 + key, key, amount=key)
        put(company, "projects", key)
        put(company, "phases", 100 + key, project={"projectId": key})
    baton = bench().with_source("rocketlane", concurrency=4)
    baton.pull("rocketlane", "invoice")
    baton.pull("rocketlane", "phase")
    lines, phases = baton.held("rocketlane", "invoice_line"), baton.held("rocketlane", "phase")
    assert {key: (row["invoice_id"], row["amount"]) for key, row in lines.items()} == {
        str(100 + key): (str(key), key) for key in range(1, 21)}  # fmt: skip
    assert {key: row["project_id"] for key, row in phases.items()} == {str(100 + key): str(key) for key in range(1, 21)}


def test_an_open_invoice_that_changes_without_a_stamp_is_seen(company, bench):
    invoice(company, 1, status="SENT")
    line(company, 11, 1, amount=1000)
    line(company, 11, 1, NOW - 8 * DAY, amount=1000)
    baton = bench()
    baton.pull("rocketlane", "invoice")
    line(company, 11, 1, NOW + MINUTE, amount=900)
    baton.at(NOW + DAY).pull("rocketlane", "invoice")
    assert baton.held("rocketlane", "invoice_line")["11"]["amount"] == 900


def test_a_line_that_is_taken_off_and_an_invoice_that_vanishes_are_marked_deleted(company, bench):
    for key in range(1, 9):
        invoice(company, key, status="DRAFT")
        line(company, 10 + key, key)
    gone(company, "lines", 11, NOW + MINUTE)
    gone(company, "invoices", 2, NOW + MINUTE)
    baton = bench()
    baton.pull("rocketlane", "invoice")
    baton.at(NOW + DAY).pull("rocketlane", "invoice")
    assert baton.live("rocketlane", "invoice") == {"1", "3", "4", "5", "6", "7", "8"}
    assert baton.live("rocketlane", "invoice_line") == {"13", "14", "15", "16", "17", "18"}


def test_phases_are_read_project_by_project_archived_ones_too(company, bench):
    labels(company)
    for project in (7, 8):
        put(company, "projects", project, archived=project == 8)
        for number in range(3):
            put(company, "phases", project * 10 + number, phaseName="Build", project={"projectId": project},
                startDate="2026-08-01", status={"value": 2, "label": "In progress"})  # fmt: skip
    gone(company, "phases", 71, NOW + MINUTE)
    baton = bench()
    assert baton.pull("rocketlane", "phase").rows_read == 6
    row = baton.held("rocketlane", "phase")["80"]
    assert (row["project_id"], row["title"], row["start_date"].isoformat()) == ("8", "Build", "2026-08-01")
    assert baton.at(NOW + DAY).pull("rocketlane", "phase").deleted == 1
    assert baton.live("rocketlane", "phase") == {"70", "72", "80", "81", "82"}


def test_phases_can_be_left_out_because_they_cost_a_request_a_project(company, bench):
    baton = bench()
    assert "phase" in entities("rocketlane", baton.settings)
    assert "phase" not in entities("rocketlane", baton.with_source("rocketlane", has_phases=False).settings)


def test_time_off_lands_and_its_absence_is_a_deletion(company, bench):
    for key in (1, 2):
        put(company, "time-offs", key, user={"userId": 3}, startDate="2026-08-10", endDate="2026-08-14")
    gone(company, "time-offs", 2, NOW + MINUTE)
    baton = bench()
    baton.pull("rocketlane", "time_off")
    row = baton.held("rocketlane", "time_off")["1"]
    assert (row["user_id"], row["start_date"].isoformat(), row["end_date"].isoformat()) == (
        "3", "2026-08-10", "2026-08-14")  # fmt: skip
    baton.at(NOW + DAY).pull("rocketlane", "time_off")
    assert baton.live("rocketlane", "time_off") == {"1"}
