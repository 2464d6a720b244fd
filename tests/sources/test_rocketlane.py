"""Rocketlane's records land whole: windows, attributes on request, custom fields, deletions."""

from datetime import timedelta

import pytest

from config.settings import ROOT, Settings
from tasks.errors import AuthError, ConfigError, ContractError
from tasks.lake.read import cursor
from tasks.sources.check import check
from tests.sources.rocketlane_account import DAY, MINUTE, NOW, as_rocketlane, entries, entry, gone, labels, ms, put


@pytest.fixture
def bench(serve, monkeypatch):
    """`bench()` serves the company and reads it as Rocketlane."""
    return lambda: as_rocketlane(serve(), monkeypatch)


def test_a_time_entry_lands_with_attributes_that_are_shown_on_request_only(company, bench):
    entry(company, 11, costRate={"rate": 40.5, "currency": "USD"}, billRate={"rate": 120, "currency": "EUR"},
          approvedAt=ms(NOW - 8 * DAY), notes="private")  # fmt: skip
    baton = bench()
    pulled = baton.pull("rocketlane", "time_entry")
    assert (pulled.rows_read, pulled.appended, pulled.vendor_count) == (1, 1, 1)
    row = baton.held("rocketlane", "time_entry")["11"]
    assert (row["minutes"], row["is_billable"], row["status"], row["project_id"]) == (90, True, "APPROVED", "7")
    assert (row["bill_rate"], row["bill_currency"], row["cost_rate"], row["cost_currency"]) == (120, "EUR", 40.5, "USD")
    assert (row["_updated_at"], row["approved_at"]) == (NOW - 9 * DAY, NOW - 8 * DAY)
    assert row["work_date"].isoformat() == "2026-08-03"
    assert "private" not in row["payload"]  # notes feed no column: they are not asked for
    assert cursor(baton.settings.lake, "rocketlane", "time_entry") == NOW - 5 * MINUTE


def test_a_project_lands_with_its_custom_fields(company, bench):
    labels(company)
    put(company, "projects", 7, projectName="Rollout", currency="USD", archived=True, budgetedHours=10.5,
        financials={"contractType": "FIXED_FEE", "fixedFeeContract": {"fixedFee": 100}}, dueDateActual="2026-08-01",
        fields=[{"fieldId": 1, "fieldLabel": "Salesforce account", "fieldValue": "001"},
                {"fieldId": 3, "fieldLabel": "Cap", "fieldValue": 5000.5}])  # fmt: skip
    baton = bench()
    assert baton.pull("rocketlane", "project").rows_read == 3
    row = baton.held("rocketlane", "project")["7"]
    assert (row["contract"], row["fixed_fee"], row["budget_hours"]) == ("FIXED_FEE", 100, 10.5)
    assert (row["is_archived"], row["closed_date"].isoformat()) == (True, "2026-08-01")
    values = baton.held("rocketlane", "project_field_value")
    assert {key: (value["subject_id"], value["name"], value["value"]) for key, value in values.items()} == {
        "7:1": ("7", "Salesforce account", "001"), "7:3": ("7", "Cap", "5000.5")}  # fmt: skip


def test_a_custom_field_that_a_project_no_longer_has_is_marked_deleted(company, bench):
    labels(company)
    account = {"fieldId": 1, "fieldLabel": "Salesforce account", "fieldValue": "001"}
    put(company, "projects", 7, fields=[account, {"fieldId": 3, "fieldLabel": "Cap", "fieldValue": "1"}])
    put(company, "projects", 7, NOW + MINUTE, fields=[account])
    baton = bench()
    baton.pull("rocketlane", "project")
    baton.at(NOW + DAY).pull("rocketlane", "project")
    assert baton.live("rocketlane", "project_field_value") == {"7:1"}


def test_tasks_and_users_land(company, bench):
    labels(company)
    put(company, "tasks", 9, taskName="Build", project={"projectId": 7}, parent={"taskId": 8}, type="TASK",
        archived=True, progress=50, effortInMinutes=3000, startDateActual="2026-08-01",
        status={"value": 2, "label": "In progress"})  # fmt: skip
    put(company, "users", 3, role={"roleId": 101}, emailId="somebody@example.com")
    baton = bench()
    baton.pull("rocketlane", "task")
    baton.pull("rocketlane", "user")
    row = baton.held("rocketlane", "task")["9"]
    assert (row["project_id"], row["parent_id"], row["task_type"], row["progress"]) == ("7", "8", "TASK", 50)
    assert (row["status"], row["actual_start_date"].isoformat(), row["actual_finish_date"]) == (
        "In progress", "2026-08-01", None)  # fmt: skip
    assert baton.held("rocketlane", "user")["3"]["role_id"] == "101"


def test_pages_ties_and_a_second_pull_that_changes_nothing(company, bench):
    entries(company, 250)  # all with one stamp: ties across three pages
    baton = bench()
    assert baton.pull("rocketlane", "time_entry").pages == 3
    assert baton.live("rocketlane", "time_entry") == {str(number) for number in range(1, 251)}
    again = baton.pull("rocketlane", "time_entry")
    assert (again.appended, again.deleted) == (0, 0)


def test_only_changes_are_read_later_and_appended(company, bench):
    entries(company, 5)
    entry(company, 2, NOW + MINUTE, minutes=120)
    baton = bench()
    baton.pull("rocketlane", "time_entry")
    pulled = baton.at(NOW + DAY).pull("rocketlane", "time_entry")
    assert (pulled.rows_read, pulled.appended) == (1, 1)
    assert baton.held("rocketlane", "time_entry")["2"]["minutes"] == 120


def test_a_window_is_closed_below_and_open_above(company, bench):
    hi = NOW - 5 * MINUTE
    entry(company, 1, hi - timedelta(milliseconds=1))
    entry(company, 2, hi)
    baton = bench()
    baton.pull("rocketlane", "time_entry")
    assert baton.live("rocketlane", "time_entry") == {"1"}
    baton.at(NOW + DAY).pull("rocketlane", "time_entry")
    assert baton.live("rocketlane", "time_entry") == {"1", "2"}


def test_a_row_that_shows_later_than_the_overlap_is_fetched_by_its_id(company, bench):
    entries(company, 3)
    entry(company, 8, NOW - 3 * DAY, visible=NOW + 2 * MINUTE)
    baton = bench()
    baton.pull("rocketlane", "time_entry")
    baton.at(NOW + DAY).pull("rocketlane", "time_entry")
    assert baton.live("rocketlane", "time_entry") == {"1", "2", "3", "8"}
    assert baton.held("rocketlane", "time_entry")["8"]["status"] == "APPROVED"  # shown on request there too


def test_a_deleted_entry_comes_with_its_mark(company, bench):
    entries(company, 3)
    entry(company, 2, NOW + MINUTE, minutes=2, deleted=True)
    baton = bench()
    baton.pull("rocketlane", "time_entry")
    assert baton.at(NOW + DAY).pull("rocketlane", "time_entry").deleted == 1
    assert baton.live("rocketlane", "time_entry") == {"1", "3"}


@pytest.mark.parametrize("entity", ["time_entry", "task"])
def test_a_record_that_vanishes_is_found_by_reconciling_ids(company, bench, entity):
    labels(company)
    kind = {"time_entry": "time-entries", "task": "tasks"}[entity]
    for number in range(1, 11):
        put(company, kind, number, deleted=False)
    gone(company, kind, 4, NOW + MINUTE)
    baton = bench()
    baton.pull("rocketlane", entity)
    assert baton.at(NOW + DAY).pull("rocketlane", entity).deleted == 1
    assert baton.live("rocketlane", entity) == {str(number) for number in range(1, 11) if number != 4}


def test_a_mass_deletion_is_refused(company, bench):
    entries(company, 10)
    for number in (1, 2, 3):  # the policy allows 20 %
        gone(company, "time-entries", number, NOW + MINUTE)
    baton = bench()
    baton.pull("rocketlane", "time_entry")
    with pytest.raises(ContractError, match=r"3 of 10 records of rocketlane\.time_entry vanished"):
        baton.at(NOW + DAY).pull("rocketlane", "time_entry")
    assert len(baton.live("rocketlane", "time_entry")) == 10


def test_a_wrong_key_names_its_setting_and_not_the_key(company, bench, monkeypatch):
    baton = bench()
    monkeypatch.setenv("BATON_SOURCES__ROCKETLANE__API_KEY", "not-the-key")
    baton.settings = Settings(home=baton.settings.home)
    with pytest.raises(AuthError, match="BATON_SOURCES__ROCKETLANE__API_KEY is wrong or was revoked") as refused:
        baton.pull("rocketlane", "time_entry")
    assert "not-the-key" not in str(refused.value)
    (finding,) = check("rocketlane", baton.settings, baton.slept.append)
    assert not finding.is_ok
    assert "BATON_SOURCES__ROCKETLANE__API_KEY" in finding.message


def test_no_key_says_what_to_set(company, bench, monkeypatch):
    baton = bench()
    monkeypatch.delenv("BATON_SOURCES__ROCKETLANE__API_KEY")
    baton.settings = Settings(home=baton.settings.home)
    with pytest.raises(ConfigError, match="BATON_SOURCES__ROCKETLANE__API_KEY is not set"):
        baton.pull("rocketlane", "time_entry")


def test_the_doctor_finds_every_mapped_field_or_names_the_one_that_is_not_there(company, bench):
    labels(company, "Cap")
    found = {finding.subject: finding for finding in check("rocketlane", bench().settings)}
    assert found["rocketlane: key"].is_ok
    assert {name for name, finding in found.items() if not finding.is_ok} == {"rocketlane: project"}
    assert "shows no Project.Cap, which config/fields/rocketlane.yaml maps" in found["rocketlane: project"].message


def test_a_custom_field_of_another_object_does_not_count(company, bench):
    labels(company, "Cap")
    put(company, "fields", 99, fieldLabel="Cap", objectType="TASK")
    with pytest.raises(ConfigError, match=r"Project\.Cap"):
        bench().pull("rocketlane", "project")


def with_map(baton, tmp_path, old, new):
    """The same settings with one text of the field map replaced."""
    file, text = tmp_path / "fields.yaml", (ROOT / "config/fields/rocketlane.yaml").read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    source = baton.settings.sources["rocketlane"].model_copy(update={"fields": file})
    baton.settings = baton.settings.model_copy(update={"sources": {**baton.settings.sources, "rocketlane": source}})
    return baton


def with_column(baton, tmp_path, path, after="{path: date, kind: date}"):
    """The same settings with one more mapped attribute, of a time entry unless told."""
    return with_map(baton, tmp_path, after, f"{after}\n      more: {{path: {path}, kind: text}}")


def test_an_unknown_attribute_of_a_phase_needs_no_record_to_be_found_out(company, bench, tmp_path):
    baton = with_column(bench(), tmp_path, "hourglass", after="{path: phaseName, kind: text}")
    with pytest.raises(ConfigError, match=r"rocketlane shows no phases\.hourglass"):
        baton.pull("rocketlane", "phase")


def test_custom_fields_whose_values_land_nowhere_are_refused(company, bench, tmp_path):
    team = "    custom_fields: {team: {name: Team, kind: text}}"
    baton = with_map(bench(), tmp_path, "  user:\n", f"  user:\n{team}\n")
    with pytest.raises(ConfigError, match=r"entities\.user maps custom_fields; those of projects"):
        baton.pull("rocketlane", "user")


def test_an_unknown_attribute_stops_its_entity(company, bench, tmp_path):
    entries(company, 1)
    with pytest.raises(ConfigError, match=r"rocketlane shows no time-entries\.hourglass"):
        with_column(bench(), tmp_path, "hourglass").pull("rocketlane", "time_entry")


def test_an_attribute_newer_than_the_contract_is_known_by_a_record_that_shows_it(company, bench, tmp_path):
    entry(company, 1, hourglass="sand")
    baton = with_column(bench(), tmp_path, "hourglass")
    baton.pull("rocketlane", "time_entry")
    assert baton.held("rocketlane", "time_entry")["1"]["more"] == "sand"
