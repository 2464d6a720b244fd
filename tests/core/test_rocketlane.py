"""What Rocketlane's records become, from a lake written by hand."""

from datetime import UTC, date, datetime

import pytest

from config.policy import policy
from config.settings import RocketlaneSource, Settings
from tasks.core.conform import conform
from tasks.core.provenance import pulled_at
from tasks.engines.bench import workbench
from tasks.lake.append import append
from tasks.lake.typed import payload_texts, rows
from tasks.sources import rocketlane
from tasks.sources.fieldmap import field_map
from tasks.sources.rocketlane_records import field_values, landed

FIRST = datetime(2026, 9, 1, 5, tzinfo=UTC)
LATER = datetime(2026, 10, 1, 5, tzinfo=UTC)
STAMP = {"createdAt": 1780304400000, "updatedAt": 1780304400000}  # 1 June 2026, 9:00 UTC


class Lake:
    """`put` appends records of an entity at an instant, `core` conforms one table as known later."""

    def __init__(self, home) -> None:
        source = RocketlaneSource(vendor="rocketlane", url="http://r", fields="config/fields/rocketlane.yaml")
        self.settings = Settings(home=home).model_copy(update={"sources": {"rocketlane": source}})
        self.fields = field_map(source.fields)

    def _append(self, entity, records, at):
        batch = rows(rocketlane.shape(self.fields[entity]), payload_texts(records), at=at, run_id="test")
        append(self.settings.lake, "rocketlane", entity, batch, hi=at)

    def put(self, entity, *records, at=FIRST):
        resource = self.fields[entity].resource
        records = [{**STAMP, **record} for record in records]
        self._append(entity, [landed(record) for record in records], at)
        for part in self.fields.parts(entity):
            if part.name.endswith("_field_value"):
                values = [row for record in records for row in field_values(resource, record).values()]
                self._append(part.name, values, at)

    def lines(self, invoice, *lines, at=FIRST, source="PROJECT", **more):
        """An invoice of project 7 with its lines (id, hours, amount)."""
        self.put("invoice", {"invoiceId": invoice, "dateOfIssue": f"2026-08-{invoice:02d}", "currency": "USD",
                             "status": "SENT", "projects": [{"projectId": 7}], **more}, at=at)  # fmt: skip
        self._append("invoice_line", [
            {"id": str(key), "invoice_id": str(invoice), "quantity": hours, "amount": amount, "sourceType": source,
             "sourceId": 7, "updated_at": "2026-06-01T09:00:00+00:00"}
            for key, hours, amount in lines
        ], at)  # fmt: skip

    def core(self, table, *columns):
        with workbench(self.settings) as bench:
            conform(bench, self.settings, policy(), as_of=LATER.date(), known_at=LATER)
            return bench.execute(f"SELECT {', '.join(columns)} FROM versions.{table} ORDER BY ALL").fetchall()


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def labelled(**values):
    """Custom fields by their label, `_` for a blank."""
    return [
        {"fieldId": number, "fieldLabel": label.replace("_", " "), "fieldValue": value}
        for number, (label, value) in enumerate(values.items(), 1)
    ]


def project(key=7, contract="TIME_AND_MATERIAL", currency="USD", terms=None, **more):
    return {"projectId": key, "projectName": "Rollout", "currency": currency,
            "financials": {"contractType": contract, **(terms or {})}, **more}  # fmt: skip


def entry(key, day=1, minutes=60, rate=100, **more):
    return {"timeEntryId": key, "date": f"2026-07-{day:02d}", "minutes": minutes, "billable": True,
            "status": "APPROVED", "project": {"projectId": 7}, "user": {"userId": 3},
            "billRate": {"rate": rate, "currency": "USD"}, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "contract_type"),
    [
        (project(), "time_and_materials"),
        (project(terms={"timeAndMaterialContract": {"projectBudget": 100}}), "time_and_materials"),  # no limit
        (project(fields=labelled(Cap="5000.5")), "capped"),
        (project(contract="FIXED_FEE"), "fixed_fee"),
        (project(contract="SUBSCRIPTION"), "retainer"),
        (project(contract="NON_BILLABLE"), "internal"),
        (project(contract="SOMETHING_NEW"), None),  # the check holds it back
    ],
)
def test_how_a_project_is_paid(lake, given, contract_type):
    lake.put("project", given)
    assert lake.core("project", "contract_type") == [(contract_type,)]


def test_a_projects_terms_are_in_minor_units_and_seconds(lake):
    lake.put("project", project(
        contract="FIXED_FEE", terms={"fixedFeeContract": {"fixedFee": 1000.25}}, budgetedHours=10.5,
        startDate="2026-06-01", dueDateActual="2026-08-01",
        fields=labelled(Salesforce_account="001A", Salesforce_opportunity="006B", SOW_start="2026-05-20", Cap="12.5"),
    ))  # fmt: skip
    columns = ("account_id", "opportunity_id", "price_minor", "cap_minor", "budget_seconds", "sow_start_date",
               "closed_date")  # fmt: skip
    assert lake.core("project", *columns) == [
        ("salesforce:001A", "salesforce:006B", 100025, 1250, 37800, date(2026, 5, 20), date(2026, 8, 1))]  # fmt: skip


def test_yen_have_no_hundredths(lake):
    lake.put("project", project(contract="FIXED_FEE", currency="JPY", terms={"fixedFeeContract": {"fixedFee": 90000}}))
    assert lake.core("project", "price_minor") == [(90000,)]


@pytest.mark.parametrize(
    ("frequency", "seconds", "unreadable"),
    [("MONTHLY", 36_000, None), ("QUARTERLY", 12_000, None), ("YEARLY", 3_000, None),
     ("FORTNIGHTLY", None, "period_frequency")],
)  # fmt: skip
def test_a_retainers_time_is_counted_by_the_month(lake, frequency, seconds, unreadable):
    terms = {"subscriptionContract": {"subscriptionFrequency": frequency, "periodMinutes": 600}}
    lake.put("project", project(contract="SUBSCRIPTION", terms=terms))
    assert lake.core("project", "retainer_seconds", "_unreadable") == [(seconds, unreadable)]


def test_an_unreadable_custom_field_is_named(lake):
    lake.put("project", project(fields=labelled(Cap="about twenty thousand")))
    assert lake.core("project", "cap_minor", "_unreadable") == [(None, "cap_amount")]


def test_a_tasks_kind_parent_progress_and_actual_dates(lake):
    lake.put("task",
        {"taskId": 1, "taskName": "Phase", "project": {"projectId": 7}},
        {"taskId": 2, "taskName": "Build", "project": {"projectId": 7}, "parent": {"taskId": 1}, "type": "TASK",
         "progress": 40, "effortInMinutes": 90, "startDateActual": "2026-06-02", "fields": labelled(Role="101")},
        {"taskId": 3, "taskName": "Live", "project": {"projectId": 7}, "type": "MILESTONE",
         "dueDateActual": "2026-07-01"})  # fmt: skip
    columns = ("task_id", "task_type", "parent_id", "has_children", "role_id", "estimate_seconds", "progress_bp",
               "actual_start_date", "actual_finish_date")  # fmt: skip
    assert lake.core("task", *columns) == [
        ("rocketlane:1", "task", None, True, None, None, None, None, None),
        ("rocketlane:2", "task", "rocketlane:1", False, "rocketlane:101", 5400, 4000, date(2026, 6, 2), None),
        ("rocketlane:3", "milestone", None, False, None, None, None, None, date(2026, 7, 1)),
    ]
    assert lake.core("task_progress", "task_id", "recorded_date", "progress_bp") == [
        ("rocketlane:2", date(2026, 6, 1), 4000)
    ]


def test_the_plan_is_the_one_first_pulled(lake):
    task = {"taskId": 1, "project": {"projectId": 7}, "startDate": "2026-06-01", "dueDate": "2026-06-30",
            "effortInMinutes": 600}  # fmt: skip
    lake.put("task", task)
    lake.put("task", {**task, "dueDate": "2026-07-31", "updatedAt": STAMP["updatedAt"] + 1},
             {**task, "taskId": 2}, at=LATER)  # fmt: skip
    columns = ("task_id", "plan_number", "origin", "approved_date", "due_date", "budget_seconds", "cost_rate_minor")
    assert lake.core("plan_task", *columns) == [
        ("rocketlane:1", 1, "first_seen", FIRST.date(), date(2026, 6, 30), 36_000, None)
    ]


def test_an_entry_has_its_users_role_its_state_and_its_rates(lake):
    lake.put("project", project())
    lake.put("user", {"userId": 3, "role": {"roleId": 101}})
    free = labelled(**{"Contractually_non-billable": "true"})
    lake.put("task", {"taskId": 9, "project": {"projectId": 7}, "fields": free})
    lake.put("time_entry",
        entry(1, rate=120.5, costRate={"rate": 40, "currency": "USD"}),
        entry(2, status="SUBMITTED", billable=False),
        entry(3, status="NOT_SUBMITTED", billable=False, task={"taskId": 9}),
        entry(4, status="REJECTED", billRate=None))  # fmt: skip
    columns = (
        "entry_id",
        "role_id",
        "approval",
        "non_billable_reason",
        "bill_rate_minor",
        "cost_rate_minor",
        "currency",
    )
    assert lake.core("time_entry", *columns) == [
        ("rocketlane:1", "rocketlane:101", "approved", None, 12050, 4000, "USD"),
        ("rocketlane:2", "rocketlane:101", "submitted", "goodwill", 10000, None, "USD"),
        ("rocketlane:3", "rocketlane:101", "draft", "contractual", 10000, None, "USD"),
        ("rocketlane:4", "rocketlane:101", "rejected", None, None, None, "USD"),
    ]


def test_a_cost_in_another_currency_than_the_price_never_takes_the_prices_currency(lake):
    lake.put("time_entry", entry(1, rate=90, costRate={"rate": 40, "currency": "EUR"}),
             entry(2, billRate=None, costRate={"rate": 40, "currency": "EUR"}))  # fmt: skip
    assert lake.core("time_entry", "bill_rate_minor", "cost_rate_minor", "currency") == [
        (9000, None, "USD"), (None, 4000, "EUR")]  # fmt: skip


LINE = ("line_id", "line_type", "entry_id", "seconds", "amount_minor", "status", "is_allocated")


def test_lines_are_spent_on_the_oldest_billable_time_and_split_within_an_entry(lake):
    lake.put("project", project())
    lake.put("time_entry", entry(12, day=5, minutes=180), entry(11, day=2, minutes=120),
             entry(10, day=1, billable=False), entry(9, day=1, status="SUBMITTED"),
             entry(8, day=1, deleted=True))  # fmt: skip
    lake.lines(2, (22, 2, 200))
    lake.lines(1, (21, 4, 400))
    assert lake.core("invoice_line", *LINE) == [
        ("rocketlane:21:11", "time", "rocketlane:11", 7200, 200_00, "posted", True),
        ("rocketlane:21:12", "time", "rocketlane:12", 7200, 200_00, "posted", True),
        ("rocketlane:22", "other", None, None, 100_00, "posted", True),  # an hour more than was worked
        ("rocketlane:22:12", "time", "rocketlane:12", 3600, 100_00, "posted", True),
    ]


def test_a_lines_amount_follows_the_value_of_its_entries_and_its_parts_sum_to_it(lake):
    lake.put("project", project())
    lake.put("time_entry", entry(1, minutes=60, rate=100), entry(2, day=2, minutes=60, rate=200))
    lake.lines(1, (21, 2, 270.01))  # 300 less a discount of a tenth, and a cent
    assert lake.core("invoice_line", "entry_id", "seconds", "amount_minor") == [
        ("rocketlane:1", 3600, 90_00), ("rocketlane:2", 3600, 180_01)]  # fmt: skip


def test_a_credit_of_hours_gives_back_the_last_ones_and_they_are_billed_again(lake):
    lake.put("project", project())
    lake.put("time_entry", entry(1), entry(2, day=2))
    lake.lines(1, (21, 2, 200))
    lake.lines(2, (22, -1, -100))
    lake.lines(3, (23, 0.5, 40))
    assert lake.core("invoice_line", "line_id", "entry_id", "seconds", "amount_minor") == [
        ("rocketlane:21:1", "rocketlane:1", 3600, 100_00),
        ("rocketlane:21:2", "rocketlane:2", 3600, 100_00),
        ("rocketlane:22:2", "rocketlane:2", -3600, -100_00),
        ("rocketlane:23:2", "rocketlane:2", 1800, 40_00),
    ]


def test_a_discount_by_the_piece_and_a_line_of_another_source_bill_no_time(lake):
    lake.put("project", project())
    lake.put("time_entry", entry(1))
    lake.lines(1, (21, 1, -50))
    lake.lines(2, (22, 1, 300), source="EXPENSE")
    assert lake.core("invoice_line", "line_id", "line_type", "project_id", "seconds", "amount_minor") == [
        ("rocketlane:21", "other", "rocketlane:7", None, -50_00),
        ("rocketlane:22", "other", "rocketlane:7", None, 300_00),
    ]


def test_drafts_and_void_invoices_use_up_no_time(lake):
    lake.put("project", project())
    lake.put("time_entry", entry(1))
    lake.lines(1, (21, 1, 100), status="DRAFT")
    lake.lines(2, (22, 1, 100), status="VOID")
    lake.lines(3, (23, 1, 100), status="PAID")
    assert lake.core("invoice_line", *LINE) == [
        ("rocketlane:21", "other", None, None, 100_00, "draft", False),
        ("rocketlane:22", "other", None, None, 100_00, "cancelled", False),
        ("rocketlane:23:1", "time", "rocketlane:1", 3600, 100_00, "posted", True),
    ]


def test_a_fixed_fee_is_not_billed_by_the_hour(lake):
    lake.put("project", project(contract="FIXED_FEE"))
    lake.put("time_entry", entry(1))
    lake.lines(1, (21, 1, 5000))
    assert lake.core("invoice_line", *LINE) == [("rocketlane:21", "other", None, None, 5000_00, "posted", False)]


def test_how_far_each_table_was_read_comes_from_what_feeds_it(lake):
    lake.put("project", project(), at=FIRST)
    lake.put("task", {"taskId": 1, "project": {"projectId": 7}}, at=LATER)
    reached = pulled_at(lake.settings, LATER)
    assert reached["project"] == FIRST
    assert reached["task"].date() == LATER.date()
