"""What Certinia's records become, from a lake written by hand."""

from datetime import UTC, date, datetime

import pytest

from config.policy import policy
from config.settings import CertiniaSource, Settings
from tasks.core.conform import conform
from tasks.engines.bench import workbench
from tasks.lake.append import append
from tasks.lake.typed import payload_texts, rows
from tasks.sources import certinia
from tasks.sources.fieldmap import field_map

FIRST = datetime(2026, 9, 1, 5, tzinfo=UTC)
LATER = datetime(2026, 10, 1, 5, tzinfo=UTC)
STAMP = "2026-06-01T09:00:00.000+0000"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Lake:
    """`put` appends records of an entity at an instant, `core` conforms one table as known later."""

    def __init__(self, home) -> None:
        source = CertiniaSource(vendor="certinia", url="http://sf")
        self.settings = Settings(home=home).model_copy(update={"sources": {"psa": source}})
        self.fields = field_map(source.fields)

    def put(self, entity, *records, at=FIRST):
        """Records by the names of the map's columns, under `id`."""
        mapped = self.fields[entity]
        paths = {name: one.path for name, one in mapped.fields.items()}
        named = [
            {"Id": record["id"], "SystemModstamp": record.get("stamp", STAMP), "IsDeleted": record.get("gone", False)}
            | {paths[name]: value for name, value in record.items() if name in paths}
            for record in records
        ]
        batch = rows(certinia.shape(mapped), payload_texts(named), at=at, run_id="test")
        append(self.settings.lake, "psa", entity, batch, hi=at)

    def core(self, table, *columns):
        with workbench(self.settings) as bench:
            conform(bench, self.settings, policy(), as_of=LATER.date(), known_at=LATER)
            return bench.execute(f"SELECT {', '.join(columns)} FROM versions.{table} ORDER BY ALL").fetchall()


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def project(key="p", **more):
    return {"id": key, "currency": "USD", "contract_type": "Time and Materials", "is_billable": True, **more}


def card(key="h", hours=(8,), **more):
    """A header of the week of Monday 29 June 2026; `hours` from Monday on."""
    worked = {f"{day.lower()}_hours": time for day, time in zip(DAYS, hours, strict=False)}
    return {"id": key, "project_id": "p", "assignment_id": "a", "start_date": "2026-06-29", "end_date": "2026-07-05",
            "total_hours": sum(hours), "approval": "Approved", "is_approved": True, "is_billable": True,
            "bill_rate": 100, "currency": "USD", **worked, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "contract_type"),
    [
        (project(), "time_and_materials"),
        (project(contract_type="Time and Materials, Not to Exceed"), "capped"),
        (project(contract_type="Fixed Price"), "fixed_fee"),
        (project(contract_type="Retainer"), "retainer"),
        (project(contract_type="Fixed Price", is_billable=False), "internal"),
        (project(contract_type="As agreed"), None),  # the check holds it back
    ],
)
def test_how_a_project_is_paid_is_what_the_map_says_of_its_billing_type(lake, given, contract_type):
    lake.put("project", given)
    assert lake.core("project", "contract_type") == [(contract_type,)]


def test_a_projects_terms_are_in_minor_units_and_seconds_and_its_ids_are_the_crms(lake):
    terms = {"bookings": 1000.25, "cap": 12.5, "planned_hours": 10.5, "retainer_hours": 40, "is_active": False}
    lake.put("project", project(account_id="001A", opportunity_id="006B", **terms))
    columns = ("project_id", "account_id", "opportunity_id", "price_minor", "cap_minor", "budget_seconds",
               "retainer_seconds", "is_archived")  # fmt: skip
    assert lake.core("project", *columns) == [
        ("psa:p", "salesforce:001A", "salesforce:006B", 100025, 1250, 37800, 144_000, True)
    ]


def test_tasks_and_milestones_are_both_tasks(lake):
    lake.put("budget", {"id": "b", "project_id": "p", "budget_type": "Customer Purchase Order Change Request"},
             {"id": "own", "project_id": "p", "budget_type": "Internal Budget Change Request"})  # fmt: skip
    lake.put("project_task",
        {"id": "t1", "project_id": "p"},
        {"id": "t2", "project_id": "p", "parent_id": "t1", "role": "Architect", "estimate_hours": 1.5, "percent": 40,
         "is_closed": True, "budget_id": "b"},
        {"id": "t3", "project_id": "p", "budget_id": "own"})  # fmt: skip
    lake.put("milestone", {"id": "m", "project_id": "p", "target_date": "2026-07-01", "actual_date": "2026-07-03"})
    columns = ("task_id", "task_type", "has_children", "role_id", "estimate_seconds", "progress_bp", "is_archived",
               "change_order_id", "due_date", "actual_finish_date")  # fmt: skip
    assert lake.core("task", *columns) == [
        ("psa:m", "milestone", False, None, None, None, False, None, date(2026, 7, 1), date(2026, 7, 3)),
        ("psa:t1", "task", True, None, None, None, False, None, None, None),
        ("psa:t2", "task", False, "psa:Architect", 5400, 4000, True, "psa:b", None, None),
        ("psa:t3", "task", False, None, None, None, False, None, None, None),
    ]
    assert lake.core("task_progress", "task_id", "progress_bp") == [("psa:t2", 4000)]


def test_the_plan_is_the_one_first_pulled_at_the_cost_of_its_role_on_that_day(lake):
    lake.put("rate_card",
        {"id": "r1", "role": "Architect", "effective_date": "2026-01-01", "cost_rate": 80, "currency": "USD"},
        {"id": "r2", "role": "Architect", "effective_date": "2026-09-15", "cost_rate": 90, "currency": "USD"},
        {"id": "r3", "effective_date": "2026-01-01", "cost_rate": 50, "currency": "USD"},
        {"id": "r4", "account_id": "001A", "role": "Architect", "effective_date": "2026-02-01", "cost_rate": 1,
         "currency": "USD"})  # fmt: skip
    task = {"project_id": "p", "start_date": "2026-06-01", "due_date": "2026-06-30", "estimate_hours": 10}
    lake.put("project_task", {"id": "t", "role": "Architect", **task}, {"id": "u", **task})
    lake.put("milestone", {"id": "m", "project_id": "p", "target_date": "2026-07-01"})
    lake.put("project_task", {"id": "t", **task, "due_date": "2026-08-31", "stamp": "2026-09-20T09:00:00.000+0000"},
             {"id": "late", **task}, at=LATER)  # fmt: skip
    columns = ("task_id", "origin", "approved_date", "start_date", "due_date", "budget_seconds", "cost_rate_minor")
    first, june = FIRST.date(), (date(2026, 6, 1), date(2026, 6, 30))
    assert lake.core("plan_task", *columns) == [
        ("psa:m", "first_seen", first, date(2026, 7, 1), date(2026, 7, 1), 0, 5000),
        ("psa:t", "first_seen", first, *june, 36_000, 8000),
        ("psa:u", "first_seen", first, *june, 36_000, 5000),
    ]
    assert lake.core("rate", "rate_id", "role_id", "cost_rate_minor") == [
        ("psa:r1", "psa:Architect", 8000), ("psa:r2", "psa:Architect", 9000), ("psa:r3", None, 5000)]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"status": "Draft", "is_billable": True}, ("draft", "fixed", 90_000, None)),
        ({"status": "Open", "amount": -50}, ("submitted", "time_and_materials", -5000, None)),
        ({"status": "Approved", "effective_date": "2026-05-20"},
         ("approved", "time_and_materials", 90_000, date(2026, 5, 20))),
        ({"status": "Open", "is_approved": True}, ("approved", "time_and_materials", 90_000, date(2026, 6, 1))),
        ({"status": "Rejected", "effective_date": "2026-05-20"}, ("rejected", "time_and_materials", 90_000, None)),
        ({"status": "Parked"}, (None, "time_and_materials", 90_000, None)),  # the check holds it back
    ],
)  # fmt: skip
def test_a_change_order_is_a_budget_of_a_change_request_type(lake, given, expected):
    change = {"id": "b", "project_id": "p", "budget_type": "Work Order Change Request", "amount": 900}
    change["currency"] = "USD"
    order = {**change, "id": "o", "budget_type": "Customer Purchase Order", "status": "Approved"}
    lake.put("budget", {**change, **given}, order)
    assert lake.core("change_order", "status", "pricing", "amount_minor", "approved_date") == [expected]


ENTRY = ("entry_id", "work_date", "seconds", "is_allocated", "_version", "_deleted")


def test_each_day_of_a_header_is_an_entry(lake):
    lake.put("assignment", {"id": "a", "role": "Architect", "cost_rate": 40, "cost_currency": "USD"})
    lake.put("timecard", card(hours=(8, 0, 1.583333), is_approved=False, approval="Submitted"))
    assert lake.core("time_entry", *ENTRY) == [
        ("psa:h:1", date(2026, 6, 29), 28_800, False, 1, False),
        ("psa:h:3", date(2026, 7, 1), 5700, False, 1, False),
    ]
    columns = ("role_id", "approval", "bill_rate_minor", "cost_rate_minor", "currency", "task_id")
    assert set(lake.core("time_entry", *columns)) == {("psa:Architect", "submitted", 10_000, 4000, "USD", None)}


def test_a_week_may_begin_on_any_day(lake):
    lake.put("timecard", card(hours=(1, 0, 0, 0, 0, 0, 2), start_date="2026-06-27", end_date="2026-07-03"))
    found = lake.core("time_entry", "entry_id", "work_date")
    assert found == [("psa:h:1", date(2026, 6, 29)), ("psa:h:7", date(2026, 6, 28))]


def test_a_day_that_loses_its_hours_is_a_deleted_entry_and_one_that_gains_them_a_new_one(lake):
    lake.put("timecard", card(hours=(8, 4)))
    lake.put("timecard", card(hours=(8, 0, 2), stamp="2026-09-10T09:00:00.000+0000"), at=LATER)
    assert lake.core("time_entry", "entry_id", "_version", "_deleted", "seconds") == [
        ("psa:h:1", 1, False, 28_800), ("psa:h:1", 2, False, 28_800),
        ("psa:h:2", 1, False, 14_400), ("psa:h:2", 2, True, 0),
        ("psa:h:3", 2, False, 7200),
    ]  # fmt: skip


def test_a_deleted_header_deletes_its_entries(lake):
    lake.put("timecard", card(hours=(8,)))
    lake.put("timecard", card(hours=(8,), gone=True, stamp="2026-09-10T09:00:00.000+0000"), at=LATER)
    assert lake.core("time_entry", "entry_id", "_version", "_deleted") == [
        ("psa:h:1", 1, False), ("psa:h:1", 2, True)]  # fmt: skip


def test_an_entry_belongs_to_its_task_else_to_its_milestone_and_to_their_change(lake):
    lake.put("budget", {"id": "b", "project_id": "p", "budget_type": "Customer Purchase Order Change Request"})
    lake.put("milestone", {"id": "m", "project_id": "p", "budget_id": "b"})
    lake.put("project_task", {"id": "t", "project_id": "p", "is_contractual_non_billable": True})
    lake.put("timecard", card("h1", milestone_id="m"), card("h2", task_id="t", milestone_id="m", is_billable=False),
             card("h3", is_billable=False))  # fmt: skip
    columns = ("entry_id", "task_id", "change_order_id", "non_billable_reason")
    assert lake.core("time_entry", *columns) == [
        ("psa:h1:1", "psa:m", "psa:b", None),
        ("psa:h2:1", "psa:t", "psa:b", "contractual"),
        ("psa:h3:1", None, None, "goodwill"),
    ]


def test_a_weeks_sum_is_spread_over_its_working_days_to_the_second(lake):
    lake.put("timecard", card(hours=(), total_hours=10.000278))  # 36,001 seconds
    assert lake.core("time_entry", *ENTRY) == [
        ("psa:h:1", date(2026, 6, 29), 7200, True, 1, False),
        ("psa:h:2", date(2026, 6, 30), 7200, True, 1, False),
        ("psa:h:3", date(2026, 7, 1), 7200, True, 1, False),
        ("psa:h:4", date(2026, 7, 2), 7200, True, 1, False),
        ("psa:h:5", date(2026, 7, 3), 7201, True, 1, False),
    ]


def test_a_weeks_sum_stays_in_the_months_of_its_splits(lake):
    lake.put("timecard", card(hours=(), total_hours=10))
    lake.put("timecard_split",
        {"id": "s1", "timecard_id": "h", "start_date": "2026-06-29", "end_date": "2026-06-30", "total_hours": 9},
        {"id": "s2", "timecard_id": "h", "start_date": "2026-07-01", "end_date": "2026-07-05", "total_hours": 1},
    )  # fmt: skip
    assert lake.core("time_entry", "work_date", "seconds") == [
        (date(2026, 6, 29), 16_200), (date(2026, 6, 30), 16_200),
        (date(2026, 7, 1), 1200), (date(2026, 7, 2), 1200), (date(2026, 7, 3), 1200),
    ]  # fmt: skip


LINE = ("line_id", "line_type", "entry_id", "milestone_id", "change_order_id", "seconds", "amount_minor")


def billed(lake, *items, **event):
    """Items of one billing event of 10 July."""
    lake.put("billing_event", {"id": "e", "invoice_date": "2026-07-10", "is_released": True, "status": "Approved",
                               **event})  # fmt: skip
    lake.put("billing_event_item", *({"event_id": "e", "project_id": "p", "currency": "USD", **item} for item in items))


def test_an_item_bills_the_days_of_its_split_and_its_amount_follows_their_value(lake):
    lake.put("timecard", card(hours=(1, 1, 1)))
    lake.put("timecard_split",
        {"id": "s1", "timecard_id": "h", "start_date": "2026-06-29", "end_date": "2026-06-30", "total_hours": 2},
        {"id": "s2", "timecard_id": "h", "start_date": "2026-07-01", "end_date": "2026-07-05", "total_hours": 1},
    )  # fmt: skip
    billed(lake, {"id": "i", "category": "Timecard", "split_id": "s1", "amount": 180.01})  # of 200: written down
    assert lake.core("invoice_line", *LINE) == [
        ("psa:i:1", "time", "psa:h:1", None, None, 3600, 90_00),
        ("psa:i:2", "time", "psa:h:2", None, None, 3600, 90_01),
    ]


def test_milestones_changes_and_the_rest(lake):
    lake.put("budget", {"id": "b", "project_id": "p", "budget_type": "Customer Purchase Order Change Request"},
             {"id": "po", "project_id": "p", "budget_type": "Customer Purchase Order"})  # fmt: skip
    billed(lake, {"id": "i1", "category": "Milestone", "milestone_id": "m", "amount": 500},
           {"id": "i2", "category": "Budget", "budget_id": "b", "amount": 400},
           {"id": "i3", "category": "Budget", "budget_id": "po", "amount": 300},
           {"id": "i4", "category": "Expense", "amount": 200},
           {"id": "i5", "category": "Timecard", "split_id": "unknown", "amount": 100})  # fmt: skip
    assert lake.core("invoice_line", *LINE) == [
        ("psa:i1", "milestone", None, "psa:m", None, None, 500_00),
        ("psa:i2", "change_order", None, None, "psa:b", None, 400_00),
        ("psa:i3", "other", None, None, None, None, 300_00),
        ("psa:i4", "other", None, None, None, None, 200_00),
        ("psa:i5", "other", None, None, None, None, 100_00),
    ]


@pytest.mark.parametrize(
    ("event", "status", "posted"),
    [
        ({}, "posted", date(2026, 7, 10)),
        ({"is_released": False}, "draft", date(2026, 7, 10)),
        ({"status": "Cancelled"}, "cancelled", date(2026, 7, 10)),
        ({"invoice_date": None}, "posted", date(2026, 7, 8)),
    ],
)
def test_an_item_is_what_its_event_is(lake, event, status, posted):
    billed(lake, {"id": "i", "category": "Expense", "amount": 200, "item_date": "2026-07-08"}, **event)
    assert lake.core("invoice_line", "status", "posted_date") == [(status, posted)]


def test_a_milestone_with_an_amount_falls_due_when_it_is_reached(lake):
    lake.put("milestone",
        {"id": "m1", "project_id": "p", "amount": 1200, "currency": "USD", "actual_date": "2026-07-03"},
        {"id": "m2", "project_id": "p", "amount": 900, "currency": "USD", "is_unbilled": True},
        {"id": "m3", "project_id": "p", "currency": "USD"})  # fmt: skip
    columns = ("milestone_id", "task_id", "amount_minor", "accepted_date")
    assert lake.core("billing_milestone", *columns) == [("psa:m1", "psa:m1", 120_000, date(2026, 7, 3))]
