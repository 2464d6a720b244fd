import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from sandbox.faults import Fault
from tasks.errors import AuthError, ConfigError, ContractError, QuotaError
from tasks.lake.read import cursor
from tasks.sources import kantata
from tasks.sources.landing import Landing
from tasks.sources.pull import entities
from tasks.sources.vendor import Restless

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
STORY_FIELDS = (
    "Role", "Contractually non-billable", "Change order", "Change order status", "Change order pricing",
    "Change order amount", "Change order approved on", "Change order accepted on",
)  # fmt: skip


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def entry(company, key, at=NOW - 9 * DAY, **record):
    given = {"workspace_id": "7", "story_id": "9", "date_performed": "2026-08-03", "time_in_minutes": 90}
    company.psa("time_entries", key, at, **{**given, **record})


def many_entries(company, count, first=1, at=NOW - 9 * DAY):
    for number in range(first, first + count):
        entry(company, str(number), at, time_in_minutes=number)


def test_a_record_lands_with_its_columns(company, serve):
    entry(company, "11", billable=True, rate_in_cents=15000, currency="JPY", currency_base_unit=1, notes="private")
    bench = serve()
    pulled = bench.pull("kantata", "time_entry")
    assert (pulled.rows_read, pulled.appended, pulled.vendor_count) == (1, 1, 1)
    row = bench.held("kantata", "time_entry")["11"]
    assert (row["minutes"], row["is_billable"], row["rate_cents"], row["currency_base_unit"]) == (90, True, 15000, 1)
    assert row["work_date"].isoformat() == "2026-08-03"
    assert row["_updated_at"] == NOW - 9 * DAY
    assert row["_run_id"] == "run-09010500"
    assert cursor(bench.settings.lake, "kantata", "time_entry") == NOW - 5 * MINUTE


def test_pages_ties_and_a_second_pull_that_changes_nothing(company, serve):
    many_entries(company, 450)  # all with one stamp: ties across three pages
    bench = serve()
    assert bench.pull("kantata", "time_entry").pages == 3
    assert bench.live("kantata", "time_entry") == {str(number) for number in range(1, 451)}
    again = bench.pull("kantata", "time_entry")
    assert (again.appended, again.deleted) == (0, 0)


def test_only_changes_are_read_later_and_appended(company, serve):
    many_entries(company, 5)
    bench = serve()
    bench.pull("kantata", "time_entry")
    entry(company, "2", NOW + 3600 * timedelta(seconds=1), time_in_minutes=120)
    pulled = bench.at(NOW + DAY).pull("kantata", "time_entry")
    assert (pulled.rows_read, pulled.appended) == (1, 1)
    assert bench.held("kantata", "time_entry")["2"]["minutes"] == 120


def test_a_row_that_shows_late_is_found_by_the_overlap(company, serve):
    # Stamped 8 minutes before the clock, visible 2 minutes after it: below the cursor of the first pull.
    entry(company, "1", NOW - 8 * MINUTE, visible=NOW + 2 * MINUTE)
    bench = serve()
    assert bench.pull("kantata", "time_entry").rows_read == 0
    bench.at(NOW + DAY).pull("kantata", "time_entry")
    assert bench.live("kantata", "time_entry") == {"1"}


def test_a_row_that_shows_later_than_the_overlap_is_found_by_the_count(company, serve):
    entry(company, "1", NOW - 3 * DAY, visible=NOW + 2 * MINUTE)
    bench = serve()
    bench.pull("kantata", "time_entry")
    bench.at(NOW + DAY).pull("kantata", "time_entry")
    assert bench.live("kantata", "time_entry") == {"1"}


def test_rows_inside_the_lag_wait_for_the_next_pull(company, serve):
    entry(company, "1", NOW - 2 * MINUTE)
    bench = serve()
    assert bench.pull("kantata", "time_entry").rows_read == 0
    assert bench.at(NOW + DAY).pull("kantata", "time_entry").appended == 1


@pytest.mark.parametrize("has_event", [True, False])
def test_a_hard_deleted_row_is_marked_by_its_event_or_by_the_count(company, serve, has_event):
    many_entries(company, 10)
    gone = NOW + 3600 * timedelta(seconds=1)
    company.psa_gone("time_entries", "4", gone)
    if has_event:
        company.psa("subscribed_events", "e1", gone, event_type="time_entry:deleted", subject_type="TimeEntry",
                    subject_id="4", subject_changed_at=stamp(gone))  # fmt: skip
    bench = serve()
    bench.pull("kantata", "change_event")
    bench.pull("kantata", "time_entry")
    bench.at(NOW + DAY).pull("kantata", "change_event")
    pulled = bench.pull("kantata", "time_entry")
    assert pulled.deleted == 1
    grave = bench.held("kantata", "time_entry")["4"]
    assert (grave["_deleted"], grave["minutes"], grave["_extracted_at"]) == (True, 4, NOW + DAY)
    assert bench.pull("kantata", "time_entry").deleted == 0


def test_a_mass_deletion_is_refused_and_the_rest_kept(company, serve):
    many_entries(company, 10)
    for number in range(1, 4):  # 3 of 10, the policy allows 20 %
        company.psa_gone("time_entries", str(number), NOW + MINUTE)
    entry(company, "10", NOW + MINUTE, time_in_minutes=600)
    bench = serve()
    bench.pull("kantata", "time_entry")
    with pytest.raises(ContractError, match=r"3 of 10 records of kantata\.time_entry vanished"):
        bench.at(NOW + DAY).pull("kantata", "time_entry")
    assert len(bench.live("kantata", "time_entry")) == 10
    assert bench.held("kantata", "time_entry")["10"]["minutes"] == 600


def test_a_resource_read_whole_shows_changes_and_absences(company, serve):
    for number in range(1, 11):
        company.psa("rates", str(number), role_id="r", effective_date="2026-01-01", bill_rate_in_cents=number * 100)
    company.psa("rates", "3", NOW + MINUTE, role_id="r", effective_date="2026-01-01", bill_rate_in_cents=999)
    company.psa_gone("rates", "5", NOW + MINUTE)
    bench = serve()
    assert bench.pull("kantata", "rate").appended == 10
    pulled = bench.at(NOW + DAY).pull("kantata", "rate")
    assert (pulled.rows_read, pulled.appended, pulled.unchanged, pulled.deleted) == (9, 2, 8, 1)
    assert bench.held("kantata", "rate")["3"]["bill_rate_cents"] == 999


def test_a_deleted_story_comes_with_its_mark(company, serve):
    company.psa("stories", "1", workspace_id="7", title="A", deleted_at=None)
    company.psa("stories", "1", NOW + MINUTE, workspace_id="7", title="A", deleted_at=stamp(NOW + MINUTE))
    company.psa("stories", "2", workspace_id="7", title="B", archived=True)
    for number, name in enumerate(STORY_FIELDS):
        company.psa("custom_fields", str(number), name=name, subject_type="Story")
    bench = serve()
    bench.pull("kantata", "story")
    assert bench.live("kantata", "story") == {"1", "2"}
    bench.at(NOW + DAY).pull("kantata", "story")
    assert bench.live("kantata", "story") == {"2"}


def test_a_missing_custom_field_stops_only_its_entity(company, serve):
    for number, name in enumerate(STORY_FIELDS[1:]):
        company.psa("custom_fields", str(number), name=name, subject_type="Story")
    company.psa("custom_fields", "99", name="Role", subject_type="Workspace")
    entry(company, "1")
    bench = serve()
    with pytest.raises(ConfigError, match=r"kantata shows no Story\.Role, which config/fields/kantata\.yaml maps"):
        bench.pull("kantata", "story")
    assert bench.pull("kantata", "time_entry").appended == 1


def invoice(company, at=NOW - 9 * DAY, **record):
    given = {
        "status": "new", "time_entry_ids": ["1", "2"], "fixed_fee_item_ids": ["f"], "additional_item_ids": ["a"],
        "billing_milestone_ids": [],
    }  # fmt: skip
    company.psa("invoices", "50", at, **{**given, **record})


def test_an_invoice_brings_its_items_and_a_removed_item_is_marked(company, serve):
    many_entries(company, 2)
    company.psa("fixed_fee_items", "f", invoice_id="50", story_id="9", amount_in_cents=50000)
    company.psa("additional_items", "a", invoice_id="50", amount_in_cents=-700)
    invoice(company)
    invoice(company, NOW + MINUTE, time_entry_ids=["1"])
    bench = serve()
    pulled = bench.pull("kantata", "invoice")
    assert pulled.rows_read == 5  # the invoice and its four items
    items = bench.held("kantata", "invoice_item")
    assert {key: (item["amount_cents"], item["story_id"]) for key, item in items.items()} == {
        "50:time_entry:1": (None, None),
        "50:time_entry:2": (None, None),
        "50:fixed_fee_item:f": (50000, "9"),
        "50:additional_item:a": (-700, None),
    }
    bench.at(NOW + DAY).pull("kantata", "invoice")
    assert bench.live("kantata", "invoice_item") == set(items) - {"50:time_entry:2"}


def test_the_items_of_a_deleted_invoice_go_with_it(company, serve):
    many_entries(company, 2)
    invoice(company, fixed_fee_item_ids=[], additional_item_ids=[])
    company.psa_gone("invoices", "50", NOW + MINUTE)
    bench = serve()
    bench.pull("kantata", "invoice")
    pulled = bench.at(NOW + DAY).pull("kantata", "invoice")
    assert pulled.deleted == 3
    assert bench.live("kantata", "invoice_item") == set()


def test_a_baseline_brings_one_row_per_story(company, serve):
    stories = [{"story_id": 9, "start_date": "2026-08-03", "due_date": "2026-08-14", "percentage_complete": 0}]
    company.psa("baseline_payloads", "p", workspace_baseline_id="b", raw_data=json.dumps({"stories": stories}))
    company.psa("workspace_baselines", "b", workspace_id="7", title="Signed", baseline_payload_ids=["p"])
    bench = serve()
    bench.pull("kantata", "workspace_baseline")
    story = bench.held("kantata", "baseline_story")["b:9"]
    assert (story["baseline_id"], story["story_id"], story["due_date"].isoformat()) == ("b", "9", "2026-08-14")


def test_a_baseline_whose_payload_cannot_be_read_stops_the_entity(company, serve):
    company.psa("baseline_payloads", "p", raw_data="{not json")
    company.psa("workspace_baselines", "b", baseline_payload_ids=["p"])
    with pytest.raises(ContractError, match="payload of Kantata baseline b"):
        serve().pull("kantata", "workspace_baseline")


def test_events_come_once_each_and_only_nine_days_back(company, serve):
    for number in range(1, 41):
        company.psa("subscribed_events", str(number), NOW - number * timedelta(hours=8), subject_id="3",
                    event_type="budget_change_order:created", subject_type="BudgetChangeOrder",
                    current_payload={"workspace_id": 7, "amount_in_cents": 1000})  # fmt: skip
    bench = serve()
    pulled = bench.pull("kantata", "change_event")
    assert pulled.rows_read == 27  # 27 * 8 hours are nine days
    event = bench.held("kantata", "change_event")["1"]
    assert (event["workspace_id"], event["amount_cents"]) == ("7", 1000)


def test_without_the_events_add_on_the_rest_goes_on(company, serve):
    bench = serve(faults=[Fault("denied_scope", vendor="kantata", path="subscribed_events")])
    pulled = bench.pull("kantata", "change_event")
    assert (pulled.rows_read, cursor(bench.settings.lake, "kantata", "change_event")) == (0, None)
    assert "change_event" not in entities("kantata", bench.with_source("kantata", has_events=False).settings)


def test_entities_come_events_first_and_parts_with_their_parents(serve):
    found = entities("kantata", serve().settings)
    assert found[0] == "change_event"
    assert {"workspace", "story", "time_entry", "invoice"} < set(found)
    assert not {"invoice_item", "baseline_story"} & set(found)


def test_a_wrong_token_names_its_setting_and_not_itself(company, serve, monkeypatch):
    bench = serve()
    monkeypatch.setenv("BATON_SOURCES__KANTATA__TOKEN", "tell-nobody")
    bench = type(bench)(bench.servers, type(bench.settings)(home=bench.settings.home))
    with pytest.raises(AuthError, match="BATON_SOURCES__KANTATA__TOKEN is wrong or was revoked") as caught:
        bench.pull("kantata", "time_entry")
    assert "tell-nobody" not in str(caught.value)


TRANSIENT = (
    "rate_limit:seconds=1", "rate_limit_silent", "server_error", "server_error:status=502,is_html=true",
    "broken_body:path=time_entries", "truncated_body:path=time_entries", "moving_rows", "moving_rows:times=3",
    "duplicate_rows",
)  # fmt: skip


@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_row_arrives_whatever_the_vendor_does(company, serve, fault):
    many_entries(company, 650)
    for number in range(1, 651, 2):
        entry(company, str(number), NOW - 2 * DAY + number * timedelta(seconds=7), time_in_minutes=number)
    bench = serve(faults=[fault]).with_source("kantata", page_size=100)
    bench.pull("kantata", "time_entry")
    held = bench.held("kantata", "time_entry")
    assert {key: row["minutes"] for key, row in held.items()} == {str(number): number for number in range(1, 651)}
    assert bench.servers.faults.counts()[0]["fired"] >= 1
    assert bench.pull("kantata", "time_entry").deleted == 0


def test_a_slow_answer_is_asked_for_again(company, serve):
    entry(company, "1")
    bench = serve(faults=["timeout:seconds=1.5,path=time_entries"]).with_source("kantata", timeout_seconds=0.3)
    assert bench.pull("kantata", "time_entry").retries >= 1


def test_a_wait_longer_than_the_deadline_ends_the_pull(company, serve):
    bench = serve(faults=["rate_limit:seconds=7200,vendor=kantata"])
    with pytest.raises(QuotaError, match="asks to wait 7200 s"):
        bench.pull("kantata", "time_entry")
    assert bench.slept == []


def test_dying_between_parts_and_parent_is_healed_by_the_next_pull(company, serve, monkeypatch):
    many_entries(company, 2)
    invoice(company, fixed_fee_item_ids=[], additional_item_ids=[])
    bench = serve()
    kept = Landing.append

    def dying(self, entity, batch, hi):
        if entity.name == "invoice":
            raise KeyboardInterrupt
        return kept(self, entity, batch, hi)

    monkeypatch.setattr(Landing, "append", dying)
    with pytest.raises(KeyboardInterrupt):
        bench.pull("kantata", "invoice")
    assert cursor(bench.settings.lake, "kantata", "invoice") is None
    monkeypatch.setattr(Landing, "append", kept)
    pulled = bench.pull("kantata", "invoice")
    assert (pulled.appended, pulled.unchanged) == (1, 2)
    assert bench.live("kantata", "invoice_item") == {"50:time_entry:1", "50:time_entry:2"}


def test_a_large_first_pull_is_committed_in_slices_and_resumed(company, serve, monkeypatch):
    for number in range(1, 101):
        entry(company, str(number), NOW - number * DAY)
    monkeypatch.setattr("tasks.sources.pull.SLICE", 30)
    bench = serve()
    read, calls = kantata.read, []

    def dying(link, mapped, window):
        calls.append(window)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return read(link, mapped, window)

    monkeypatch.setattr(kantata, "read", dying)
    with pytest.raises(KeyboardInterrupt):
        bench.pull("kantata", "time_entry")
    assert cursor(bench.settings.lake, "kantata", "time_entry") == calls[1].hi
    bench.pull("kantata", "time_entry")
    assert len(bench.live("kantata", "time_entry")) == 100
    assert all(before.hi == after.lo for before, after in pairwise(calls[:3]))


def test_ids_that_keep_moving_do_not_stop_the_rows(company, serve, monkeypatch):
    many_entries(company, 3)
    company.psa_gone("time_entries", "3", NOW + MINUTE)
    bench = serve()
    bench.pull("kantata", "time_entry")
    entry(company, "1", NOW + MINUTE, time_in_minutes=77)

    def restless(*_):
        raise Restless("ids")

    monkeypatch.setattr(kantata, "ids", restless)
    assert bench.at(NOW + DAY).pull("kantata", "time_entry").appended == 1
    assert bench.live("kantata", "time_entry") == {"1", "2", "3"}


def test_what_is_older_than_since_is_neither_read_nor_missed(company, serve):
    entry(company, "1", NOW - 100 * DAY)
    entry(company, "2", NOW - 10 * DAY)
    bench = serve().with_source("kantata", since=NOW - 50 * DAY)
    bench.pull("kantata", "time_entry")
    bench.pull("kantata", "time_entry")
    assert bench.live("kantata", "time_entry") == {"2"}
