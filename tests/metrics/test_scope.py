"""Was the hour sold?"""

from datetime import date

import pytest

from tests.metrics.leakage_book import FX, change, entry, plan_task, project, step, task

DAY, AS_OF = date(2026, 1, 15), date(2026, 1, 31)


@pytest.fixture
def scopes(rows, collected):
    def run(as_of=AS_OF, **core):
        frames = rows(fx_rate=FX, **core)
        found = collected(step(frames, "time_scope", as_of))
        return {row["entry_id"]: (row["scope"], row["scope_reason"]) for row in found}

    return run


def test_the_first_reason_wins(scopes):
    found = scopes(
        project=[project(sow_start_date=date(2026, 1, 5), closed_date=date(2026, 1, 20))],
        task=[task(), task("old", is_archived=True), task("extra", is_archived=True)],
        plan_task=[plan_task(), plan_task("old")],
        time_entry=[
            entry("in", DAY, 1),
            entry("no task", DAY, 1, task_id=None),
            entry("not planned", DAY, 1, task_id="extra"),
            entry("closing day", date(2026, 1, 20), 1),
            entry("after close", date(2026, 1, 21), 1),
            entry("first day", date(2026, 1, 5), 1),
            entry("before", date(2026, 1, 4), 1),
            entry("archived", DAY, 1, task_id="old"),
            entry("free", DAY, 1, is_billable=False),
            entry("courtesy", DAY, 1, is_billable=False, non_billable_reason="goodwill"),
            entry("by contract", DAY, 1, is_billable=False, non_billable_reason="contractual"),
            entry("free extra", DAY, 1, is_billable=False, task_id="extra"),
        ],
    )
    assert found == {
        "in": ("in_scope", None),
        "no task": ("out_of_scope", "no_task"),
        "not planned": ("out_of_scope", "not_in_plan"),
        "closing day": ("in_scope", None),
        "after close": ("out_of_scope", "after_close"),
        "first day": ("in_scope", None),
        "before": ("out_of_scope", "before_sow"),
        "archived": ("out_of_scope", "archived_task"),
        "free": ("goodwill", None),
        "courtesy": ("goodwill", None),
        "by contract": ("contractual_non_billable", None),
        "free extra": ("out_of_scope", "not_in_plan"),
    }


def test_a_change_order_counts_from_its_approval(scopes):
    core = {
        "project": [project()],
        "plan_task": [plan_task()],
        "change_order": [
            change("tm", approved_date=date(2026, 1, 20)),
            change("fixed", pricing="fixed"),
            change("asked", "submitted"),
            change("refused", "rejected"),
            change("undated", approved_date=None),
        ],
        "time_entry": [
            entry(f"for {name}", DAY, 1, change_order_id=name, task_id="extra")
            for name in ("tm", "fixed", "asked", "refused", "undated", "unknown")
        ],
    }
    expected = {
        "for tm": ("change_approved_tm", None),
        "for fixed": ("change_approved_fixed", None),
        **{f"for {name}": ("change_unapproved", None) for name in ("asked", "refused", "undated", "unknown")},
    }
    assert scopes(**core) == expected
    assert scopes(date(2026, 1, 19), **core) == {**expected, "for tm": ("change_unapproved", None)}


def test_the_plan_in_force_on_the_day_decides(scopes):
    days = {"before": date(2026, 1, 9), "first": date(2026, 1, 10), "second": date(2026, 1, 20)}
    found = scopes(
        project=[project()],
        plan_task=[
            plan_task("t", approved_date=date(2026, 1, 10)),
            plan_task("t", plan_number=2, approved_date=date(2026, 1, 20)),
            plan_task("extra", plan_number=2, approved_date=date(2026, 1, 20)),
        ],
        time_entry=[
            entry(f"{when} {name}", day, 1, task_id=name) for when, day in days.items() for name in ("t", "extra")
        ],
    )
    out = ("out_of_scope", "not_in_plan")
    assert found == {
        "before t": ("in_scope", None),
        "before extra": out,
        "first t": ("in_scope", None),
        "first extra": out,
        "second t": ("in_scope", None),
        "second extra": ("in_scope", None),
    }


def test_without_any_plan_nothing_is_outside_it(scopes):
    found = scopes(
        project=[project(closed_date=date(2026, 1, 20))],
        time_entry=[entry("in", DAY, 1), entry("no task", DAY, 1, task_id=None), entry("late", date(2026, 1, 21), 1)],
    )
    assert found == {
        "in": ("in_scope", "no_plan"),
        "no task": ("out_of_scope", "no_task"),
        "late": ("out_of_scope", "after_close"),
    }


def test_a_reversal_has_the_scope_of_what_it_reverses(scopes):
    found = scopes(
        project=[project(closed_date=date(2026, 1, 20))],
        plan_task=[plan_task()],
        time_entry=[
            entry("e", DAY, 4, task_id="extra"),
            entry("back", date(2026, 1, 25), -4, reverses_id="e"),
            entry("rejected", DAY, 4, task_id="extra", approval="rejected"),
            entry("alone", DAY, -1, reverses_id="rejected"),
        ],
    )
    assert found == {
        "e": ("out_of_scope", "not_in_plan"),
        "back": ("out_of_scope", "not_in_plan"),
        "alone": ("in_scope", None),
    }
