"""What the vendors' records become, from a lake written by hand."""

from datetime import UTC, date, datetime

import pytest

from config.policy import policy
from config.settings import KantataSource, SalesforceSource, Settings
from tasks.core.closing import close
from tasks.core.conform import VENDORS, conform
from tasks.core.tables import CORE
from tasks.engines.bench import workbench
from tasks.errors import ConfigError
from tasks.lake.append import append
from tasks.lake.typed import payload_texts, rows
from tasks.sources import kantata, salesforce
from tasks.sources.fieldmap import field_map

SOURCES = {"salesforce": salesforce, "kantata": kantata}
FIRST = datetime(2026, 9, 1, 5, tzinfo=UTC)
LATER = datetime(2026, 10, 1, 5, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path):
    """`put` appends records of an entity at an instant, `core` conforms one table as known at an instant."""
    sources = {
        "salesforce": SalesforceSource(vendor="salesforce", url="http://sf", fields="config/fields/salesforce.yaml"),
        "kantata": KantataSource(vendor="kantata", url="http://k", fields="config/fields/kantata.yaml"),
    }
    settings = Settings(home=tmp_path, sources=sources)

    class Lake:
        def put(self, instance: str, entity: str, *records: dict, at: datetime = FIRST) -> None:
            mapped = field_map(sources[instance].fields)[entity]
            batch = rows(SOURCES[instance].shape(mapped), payload_texts(list(records)), at=at, run_id="test")
            append(settings.lake, instance, entity, batch, hi=at)

        def fields(self, subject_type: str, subject: str, at: datetime = FIRST, **values: str) -> None:
            names = {**_names("workspace"), **_names("story")}
            self.put("kantata", "custom_field_value", *(
                {"id": f"{subject}-{column}", "subject_type": subject_type, "subject_id": subject,
                 "custom_field_name": names[column], "value": value}
                for column, value in values.items()
            ), at=at)  # fmt: skip

        def close(self, month: date, *closings: tuple[str, int], at: datetime) -> None:
            close(settings.lake, month, closings, at=at, run_id="test")

        def core(self, table: str, *columns: str, known_at: datetime = LATER) -> list[tuple]:
            with workbench(settings) as bench:
                conform(bench, settings, policy(), as_of=known_at.date(), known_at=known_at)
                listed = ", ".join(columns)
                return bench.execute(f"SELECT {listed} FROM versions.{table} ORDER BY ALL").fetchall()

    def _names(entity: str) -> dict[str, str]:
        return {
            name: custom.name for name, custom in field_map(sources["kantata"].fields)[entity].custom_fields.items()
        }

    return Lake()


STAMP = {"created_at": "2026-06-01T09:00:00+00:00", "updated_at": "2026-06-01T09:00:00+00:00"}


def workspace(key: str = "7", **more) -> dict:
    return {"id": key, "title": "Rollout", "currency": "USD", "currency_base_unit": 100, **STAMP, **more}


def story(key: str, **more) -> dict:
    return {"id": key, "workspace_id": "7", "story_type": "task", "state": "started", "start_date": "2026-06-01",
            "due_date": "2026-06-30", "percentage_complete": 0, "time_estimate_in_minutes": 600,
            **STAMP, **more}  # fmt: skip


def test_an_account_ends_up_at_the_top_of_merges_and_parents(lake):
    stamp = {"SystemModstamp": "2026-08-20T22:30:00.000+0000"}
    lake.put(
        "salesforce", "account",
        {"Id": "top", "Segment__c": "enterprise", **stamp},
        {"Id": "branch", "ParentId": "top", "Segment__c": "digital", **stamp},
        {"Id": "loser", "MasterRecordId": "branch", "IsDeleted": True, **stamp},
        {"Id": "gone", "IsDeleted": True, **stamp},
    )  # fmt: skip
    found = lake.core("account", "account_id", "ultimate_id", "segment", "merged_date", "_deleted")
    assert found == [
        ("salesforce:branch", "salesforce:top", "enterprise", None, False),
        ("salesforce:gone", "salesforce:gone", None, None, True),
        ("salesforce:loser", "salesforce:top", "enterprise", date(2026, 8, 20), False),
        ("salesforce:top", "salesforce:top", "enterprise", None, False),
    ]


def test_a_subscription_keeps_its_term_its_first_holder_and_its_lost_renewal(lake):
    line = {
        "Id": "s1", "SBQQ__Account__c": "old", "SBQQ__Contract__c": "c1",
        "SBQQ__NetPrice__c": 1200.0, "SBQQ__Quantity__c": 2.0,
        "CurrencyIsoCode": "USD", "SBQQ__StartDate__c": "2026-01-01", "SBQQ__EndDate__c": "2026-12-31",
        "SystemModstamp": "2026-01-01T10:00:00.000+0000",
    }  # fmt: skip
    lake.put("salesforce", "subscription", line)
    moved = {**line, "SBQQ__Account__c": "new", "SBQQ__TerminatedDate__c": "2026-09-15"}
    lake.put("salesforce", "subscription", moved, at=LATER)
    lost = {"Id": "o1", "IsClosed": True, "IsWon": False, "SBQQ__RenewedContract__c": "c1"}
    lake.put("salesforce", "opportunity", lost)
    columns = ("account_id", "original_account_id", "amount_minor", "term_end_date", "end_date", "is_renewal_lost")
    assert lake.core("subscription", "_version", *columns) == [
        (1, "salesforce:old", "salesforce:old", 240000, date(2027, 1, 1), date(2027, 1, 1), True),
        (2, "salesforce:new", "salesforce:old", 240000, date(2027, 1, 1), date(2026, 9, 15), True),
    ]


def test_a_discount_is_spread_over_its_entries_and_its_parts_sum_to_it(lake):
    lake.put("kantata", "workspace", workspace())
    entry = {"workspace_id": "7", "date_performed": "2026-06-02", "time_in_minutes": 60, "billable": True,
             "approved": True, "currency": "USD", "currency_base_unit": 100, **STAMP}  # fmt: skip
    lake.put("kantata", "time_entry", *({"id": key, "rate_in_cents": 10000, **entry} for key in ("9", "10", "11")))
    lake.put("kantata", "invoice", {"id": "1", "status": "new", "draft": False, "invoice_date": "2026-06-30",
                                    "currency": "USD", "currency_base_unit": 100, **STAMP})  # fmt: skip
    items = [
        {"id": f"1:time_entry:{key}", "invoice_id": "1", "item_type": "time_entry", "item_id": key}
        for key in ("9", "10", "11")
    ]
    items.append(
        {
            "id": "1:additional_item:5",
            "invoice_id": "1",
            "item_type": "additional_item",
            "item_id": "5",
            "amount_in_cents": -100,
        }
    )
    lake.put("kantata", "invoice_item", *items)
    found = lake.core("invoice_line", "entry_id", "amount_minor", "seconds", "status")
    # 1.00 over three equal hours, by cumulative floors in entry order: 0.33, 0.33, 0.34
    assert found == [
        ("kantata:10", 9967, 3600, "posted"),
        ("kantata:11", 9966, 3600, "posted"),
        ("kantata:9", 9967, 3600, "posted"),
    ]


def test_a_baseline_takes_the_hours_known_when_it_was_first_pulled(lake):
    lake.put("kantata", "workspace", workspace())
    lake.put("kantata", "story", story("s1"))
    baseline = {"id": "b1", "workspace_id": "7", **STAMP}
    lake.put("kantata", "workspace_baseline", baseline)
    part = {"id": "b1:s1", "baseline_id": "b1", "story_id": "s1", "start_date": "2026-06-01", "due_date": "2026-06-12"}
    lake.put("kantata", "baseline_story", part)
    lake.put("kantata", "rate", {"id": "r1", "effective_date": "2026-01-01", "bill_rate_in_cents": 15000,
                                 "cost_rate_in_cents": 6000, "currency": "USD", "currency_base_unit": 100,
                                 **STAMP})  # fmt: skip
    lake.put("kantata", "story", story("s1", time_estimate_in_minutes=6000), at=LATER)
    found = lake.core("plan_task", "plan_number", "origin", "due_date", "budget_seconds", "cost_rate_minor")
    assert found == [(1, "vendor", date(2026, 6, 12), 36000, 6000)]


def test_without_a_baseline_the_plan_is_what_was_seen_first(lake):
    lake.put("kantata", "workspace", workspace())
    lake.put("kantata", "story", story("s1"), story("m1", story_type="milestone"))
    lake.put("kantata", "story", story("s1", due_date="2026-08-30"), story("s2"), at=LATER)
    found = lake.core("plan_task", "task_id", "origin", "approved_date", "due_date", "budget_seconds", "is_milestone")
    assert found == [
        ("kantata:m1", "first_seen", date(2026, 9, 1), date(2026, 6, 30), 0, True),
        ("kantata:s1", "first_seen", date(2026, 9, 1), date(2026, 6, 30), 36000, False),
    ]


def test_only_what_was_known_then_is_used(lake):
    lake.put("kantata", "workspace", workspace(title="before"))
    lake.put("kantata", "workspace", workspace(title="after"), at=LATER)
    assert lake.core("project", "name", known_at=FIRST) == [("before",)]
    assert lake.core("project", "_version", "name") == [(1, "before"), (2, "after")]


def test_an_unreadable_custom_field_is_named(lake):
    lake.put("kantata", "workspace", workspace())
    lake.fields("Workspace", "7", contract_type="fixed_fee", budget_hours="forty", account_ref="0018")
    found = lake.core("project", "account_id", "contract_type", "budget_seconds", "_unreadable")
    assert found == [("salesforce:0018", "fixed_fee", None, "budget_hours")]


def test_a_change_order_is_read_from_its_story_and_else_from_the_events(lake):
    lake.put("kantata", "workspace", workspace())
    lake.put("kantata", "story", story("s1"))
    lake.fields("Story", "s1", change_order_id="CO1", change_order_status="approved", change_order_pricing="fixed",
                change_order_cents="50000", change_order_approved_date="2026-07-01")  # fmt: skip
    event = {"event_type": "budget_change_order:created", "subject_type": "BudgetChangeOrder",
             "subject_changed_at": "2026-08-30T10:00:00+00:00", "created_at": "2026-08-30T10:00:00+00:00"}  # fmt: skip
    said = {"workspace_id": "7", "status": "submitted", "pricing": "fixed", "amount_in_cents": 70000}
    lake.put(
        "kantata", "change_event",
        {"id": "e1", "subject_id": "CO1", "current_payload": said, **event},
        {"id": "e2", "subject_id": "CO2", "current_payload": said, **event},
    )  # fmt: skip
    found = lake.core("change_order", "change_order_id", "status", "amount_minor", "approved_date")
    assert found == [
        ("kantata:CO1", "approved", 50000, date(2026, 7, 1)),
        ("kantata:CO2", "submitted", 70000, None),
    ]


def test_a_closed_month_is_an_input_of_runs_after_its_closing(lake):
    lake.close(date(2026, 8, 1), ("salesforce:a", 10000), at=LATER)
    assert lake.core("finalised_mrr", "month", "account_id", "closing_minor", known_at=FIRST) == []
    assert lake.core("finalised_mrr", "month", "account_id", "closing_minor") == [
        (date(2026, 8, 1), "salesforce:a", 10000)
    ]


def test_a_month_is_closed_once(lake):
    lake.close(date(2026, 8, 1), ("salesforce:a", 10000), at=FIRST)
    with pytest.raises(ConfigError, match="August 2026 is closed already"):
        lake.close(date(2026, 8, 1), ("salesforce:a", 20000), at=LATER)
    with pytest.raises(ConfigError, match="September 2026 has no published MRR"):
        lake.close(date(2026, 9, 1), at=LATER)


def test_every_version_of_a_form_is_a_row_and_a_deleted_form_is_withdrawn(lake):
    form = {"Id": "f", "Opportunity__c": "o", "SystemModstamp": "2026-08-20T22:30:00.000+0000"}
    lake.put("salesforce", "handoff", {**form, "Goals__c": "tbd"})
    deleted = {**form, "IsDeleted": True, "SystemModstamp": "2026-09-20T09:00:00.000+0000"}
    lake.put("salesforce", "handoff", deleted, at=LATER)
    columns = ("form_version_id", "opportunity_id", "recorded_date", "goals", "is_withdrawn", "_deleted")
    assert lake.core("handoff_form", *columns) == [
        ("salesforce:f:1", "salesforce:o", date(2026, 8, 20), "tbd", False, False),
        ("salesforce:f:2", "salesforce:o", date(2026, 9, 20), None, True, False),
    ]


def test_a_table_that_was_never_read_is_told_from_one_that_was(lake):
    lake.put("salesforce", "kickoff", {"Id": "k", "IsDeleted": True, "SystemModstamp": "2026-08-20T22:30:00.000+0000"})
    optional = {table.name for table in CORE if table.is_optional}
    assert dict(lake.core("feed", "feed_id", "is_read")) == dict.fromkeys(optional, False) | {"kickoff": True}
    before = lake.core("feed", "feed_id", "is_read", known_at=datetime(2026, 8, 31, tzinfo=UTC))
    assert dict(before) == dict.fromkeys(optional, False)


def test_what_a_vendor_feeds_only_perhaps_is_a_table_that_one_can_do_without():
    perhaps = {one.table for vendor in VENDORS.values() for one in vendor.MAPPINGS if one.is_optional}
    assert perhaps <= {table.name for table in CORE if table.is_optional}


STAMPED = {"SystemModstamp": "2026-08-20T22:30:00.000+0000"}


def test_who_leaves_an_accounts_team_stays_a_row_that_ends(lake):
    member = {"Id": "m", "AccountId": "a", "UserId": "005u", "TeamMemberRole": "CSM", **STAMPED}
    member["CreatedDate"] = "2026-08-03T23:10:00.000+0000"  # the 4th in London
    lake.put("salesforce", "account_team", member)
    columns = ("ownership_id", "account_id", "person_id", "role", "start_date", "end_date", "_deleted")
    row = ("salesforce:m", "salesforce:a", "salesforce:005u", "CSM", date(2026, 8, 4), None, False)
    assert lake.core("ownership", *columns) == [row]
    gone = {**member, "IsDeleted": True, "SystemModstamp": "2026-09-20T09:00:00.000+0000"}
    lake.put("salesforce", "account_team", gone, at=LATER)
    assert lake.core("ownership", *columns) == [(*row[:5], date(2026, 9, 20), False), row]


def test_a_meeting_is_its_parent_event_with_its_owner_and_whom_it_invites(lake):
    event = {"Id": "e", "AccountId": "a", "WhatId": "006d", "OwnerId": "005u", "Type": "Go-live", **STAMPED}
    event |= {"StartDateTime": "2026-08-20T22:30:00.000+0000", "IsChild": False, "Outcome__c": "Held"}
    lake.put("salesforce", "event", event, event | {"Id": "child", "OwnerId": "005v", "IsChild": True})
    for key, person, status in (("1", "003c", "Accepted"), ("2", "005v", "Declined"), ("3", "023room", "Accepted")):
        lake.put(
            "salesforce",
            "event_relation",
            {"Id": key, "EventId": "e", "RelationId": person, "Status": status} | STAMPED,
        )
    assert lake.core("meeting", "meeting_id", "opportunity_id", "meeting_date", "meeting_type", "outcome") == [
        ("salesforce:e", "salesforce:006d", date(2026, 8, 20), "Go-live", "Held")
    ]
    assert sorted(lake.core("meeting_attendee", "attendee_id", "person_id", "is_customer", "is_declined")) == [
        ("salesforce:1", "salesforce:003c", True, False),
        ("salesforce:2", "salesforce:005v", False, True),
        ("salesforce:e:owner", "salesforce:005u", False, False),
    ]


def test_a_message_is_of_the_account_or_of_the_account_of_its_deal(lake):
    lake.put("salesforce", "opportunity", {"Id": "006d", "AccountId": "001b", **STAMPED})
    sent = {"MessageDate": "2026-08-20T23:30:00.000+0000", "Incoming": True, "Automated__c": None} | STAMPED
    for key, about in (("1", "001a"), ("2", "006d"), ("3", "500c"), ("4", None)):
        lake.put("salesforce", "email", {"Id": key, "RelatedToId": about} | sent)
    columns = ("message_id", "account_id", "opportunity_id", "sent_date", "is_inbound", "is_automated")
    day = date(2026, 8, 21)  # half past midnight in London
    assert sorted(lake.core("message", *columns)) == [
        ("salesforce:1", "salesforce:001a", None, day, True, False),
        ("salesforce:2", "salesforce:001b", "salesforce:006d", day, True, False),
        ("salesforce:3", None, None, day, True, False),
        ("salesforce:4", None, None, day, True, False),
    ]


def test_the_sides_of_a_message_are_people_not_addresses(lake):
    sides = (
        ("1", "003c", "FromAddress"),
        ("2", "005u", "ToAddress"),
        ("3", None, "CcAddress"),
        ("4", "005v", "OtherAddress"),
    )
    for key, person, kind in sides:
        side = {"Id": key, "EmailMessageId": "m", "RelationId": person, "RelationType": kind}
        lake.put("salesforce", "email_relation", side | STAMPED)
    assert sorted(lake.core("message_party", "message_id", "person_id", "role")) == [
        ("salesforce:m", "salesforce:003c", "from"),
        ("salesforce:m", "salesforce:005u", "to"),
        ("salesforce:m", "salesforce:005v", "other"),
    ]
