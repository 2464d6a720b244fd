"""Certinia's objects are read by the Salesforce client under a field map and an instance of their own."""

import pytest

from config.settings import Settings
from sandbox.faults import Fault
from tasks.sources.check import check
from tasks.sources.judgement import Refused
from tests.sources.conftest import DAY, NOW, Bench

HEADER, SPLIT = "a2H8d0000000001EAA", "a2S8d0000000001EAA"
KINDS = ("pse__Proj__c", "pse__Project_Task__c", "pse__Milestone__c", "pse__Assignment__c", "pse__Timecard__c",
         "pse__Budget__c", "pse__Billing_Event__c", "pse__Billing_Event_Item__c", "pse__Rate_Card__c")  # fmt: skip


@pytest.fixture
def bench(company, serve, monkeypatch):
    """`bench(faults)` serves an org with the package and one timecard; for `is_installed=False` without it."""

    def start(*faults, is_installed=True):
        if is_installed:
            for number, kind in enumerate(KINDS):
                company.crm(kind, f"a2Z8d000000000{number}EAA")
            company.crm("pse__Timecard_Header__c", HEADER, pse__Monday_Hours__c=7.5, pse__Status__c="Submitted")
        opened = serve(faults=faults)
        for name, value in opened.servers.certinia_environment().items():
            monkeypatch.setenv(name, value)
        return Bench(opened.servers, Settings(home=opened.settings.home))

    return start


def test_the_same_org_is_a_second_source_with_its_own_credentials(bench, company):
    baton = bench()
    assert baton.pull("certinia", "timecard").appended == 1
    held = baton.held("certinia", "timecard")[HEADER]
    assert (str(held["monday_hours"]), held["approval"], held["is_billable"]) == ("7.500000", "Submitted", None)
    company.crm("pse__Timecard_Header__c", HEADER, NOW + DAY / 2, pse__Monday_Hours__c=8, IsDeleted=True)
    assert baton.at(NOW + DAY).pull("certinia", "timecard").deleted == 1
    assert baton.live("certinia", "timecard") == set()


def test_the_doctor_finds_every_mapped_field_in_an_org_with_the_package(bench):
    found = check("certinia", bench().settings)
    assert all(one.is_ok for one in found), found
    assert {one.subject for one in found} >= {"certinia: login", "certinia: timecard", "certinia: billing_event_item"}


def test_a_field_of_your_own_that_is_not_there_is_named(bench):
    fault = Fault("missing_field", vendor="salesforce", object="pse__Timecard_Header__c", field="Project_Task__c")
    (wrong,) = [one for one in check("certinia", bench(fault).settings) if not one.is_ok]
    assert wrong.subject == "certinia: timecard"
    assert "pse__Timecard_Header__c.Project_Task__c, which config/fields/certinia.yaml maps" in wrong.message


def test_an_org_without_the_package_says_so(bench):
    baton = bench(is_installed=False)
    assert not check("certinia", baton.settings)[-1].is_ok
    with pytest.raises(Refused, match="404"):
        baton.pull("certinia", "project")
    assert baton.pull("certinia", "rate_card").appended == 0  # optional: there need be no rate cards
