from datetime import date

import pytest

from tasks.metrics.milestone_slip import MILESTONE_SLIP
from tests.metrics.schedule_rows import DAY, calendar, plan, project, task, workday
from tests.metrics.steps import computed

TODAY = date(2026, 6, 24)  # a Wednesday


@pytest.fixture
def slips(rows, collected):
    """The rows by milestone."""

    def measure(tasks, plans, day=TODAY):
        core = {"work_calendar": calendar(), "project": [project()], "task": tasks, "plan_task": plans}
        found = collected(computed(rows(**core), MILESTONE_SLIP, day)["milestone_slip"])
        assert len({row["task_id"] for row in found}) == len(found)
        return {row["task_id"]: row for row in found}

    return measure


def milestone(task_id, due, **given):
    return plan(task_id, due, due, budget_seconds=0, is_milestone=True, **given)


@pytest.mark.parametrize(
    ("due", "forecast", "actual", "slip", "state"),
    [
        # Source of two: ERPNext, delayed tasks summary: open a day after its end is 1, done a day before is -1.
        (TODAY - DAY, TODAY - DAY, None, 1, "overdue"),
        (TODAY, TODAY, TODAY - DAY, -1, "done"),
        (TODAY, TODAY, TODAY, 0, "done"),
        (TODAY - 9 * DAY, TODAY, TODAY - 3 * DAY, 6, "done"),
        (TODAY - 4 * DAY, TODAY + 3 * DAY, None, 7, "overdue"),  # overdue, forecast still later
        (TODAY, TODAY, None, 0, "open"),  # due today is not late
        (TODAY + 5 * DAY, TODAY + 8 * DAY, None, 3, "open"),  # not due, forecast late
        (TODAY + 5 * DAY, TODAY + 2 * DAY, None, -3, "open"),  # not due, forecast early
        (TODAY + 5 * DAY, None, None, 0, "open"),  # without a forecast the plan stands
        (TODAY - 9 * DAY, TODAY - 2 * DAY, TODAY + DAY, 9, "overdue"),  # done only tomorrow: still open today
    ],
)
def test_slip_is_actual_else_forecast_else_today_minus_plan(slips, due, forecast, actual, slip, state):
    found = slips(
        [task("m", task_type="milestone", due_date=forecast, actual_finish_date=actual)], [milestone("m", due)]
    )["m"]
    assert (found["slip_original_days"], found["slip_current_days"], found["state"]) == (slip, slip, state)
    assert found["is_late"] is (slip > 0)


def test_slip_in_working_days_leaves_weekends_out(slips):
    friday, tuesday, saturday = date(2026, 6, 12), date(2026, 6, 16), date(2026, 6, 13)
    tasks = [
        task("late", actual_finish_date=tuesday),
        task("early", actual_finish_date=friday),
        task("saturday", actual_finish_date=saturday),
    ]
    plans = [milestone("late", friday), milestone("early", tuesday), milestone("saturday", friday)]
    found = slips(tasks, plans)
    assert {m: (row["slip_current_days"], row["slip_working_days"]) for m, row in found.items()} == {
        "late": (4, 2),
        "early": (-4, -2),
        "saturday": (1, 0),
    }


def test_an_approved_change_moves_the_current_plan_only(slips):
    plans = [
        milestone("m", date(2026, 6, 10)),
        milestone("m", date(2026, 6, 20), plan_number=2, approved_date=date(2026, 6, 9)),
        milestone("m", date(2026, 7, 31), plan_number=3, approved_date=TODAY + DAY),
    ]
    found = slips([task("m", actual_finish_date=date(2026, 6, 22))], plans)["m"]
    assert (found["slip_original_days"], found["slip_current_days"]) == (12, 2)
    assert (found["original_due_date"], found["current_due_date"]) == (date(2026, 6, 10), date(2026, 6, 20))


def test_milestones_added_or_dropped_by_a_change(slips):
    second = {"plan_number": 2, "approved_date": date(2026, 6, 9)}
    plans = [
        milestone("kept", date(2026, 6, 10)),
        milestone("removed", date(2026, 6, 10)),
        milestone("kept", TODAY, **second),
        milestone("added", TODAY, **second),
        milestone("archived", TODAY - DAY, **second),
        milestone("gone", TODAY, **second),
    ]
    found = slips([task("kept"), task("removed"), task("added"), task("archived", is_archived=True)], plans)
    assert {
        m: (row["state"], row["slip_original_days"], row["slip_current_days"], row["is_late"])
        for m, row in found.items()
    } == {
        "kept": ("open", 14, 0, False),
        "removed": ("dropped", None, None, None),
        "added": ("open", None, 0, False),
        "archived": ("dropped", None, None, None),
        "gone": ("dropped", None, None, None),
    }


@pytest.mark.parametrize(("seen", "slip"), [(workday(10), 9), (workday(11), None)])
def test_a_plan_first_seen_more_than_ten_working_days_after_its_start_gives_no_slip(slips, seen, slip):
    first_seen = {"origin": "first_seen", "approved_date": seen}
    found = slips(
        [task("t1"), task("m")],
        [plan("t1", workday(0), workday(20), **first_seen), milestone("m", TODAY - 9 * DAY, **first_seen)],
    )["m"]
    assert (found["slip_original_days"], found["slip_current_days"], found["slip_working_days"]) == (
        slip,
        slip,
        slip and 7,
    )
    assert found["is_late"] is (slip and True)


def test_tasks_that_are_no_milestones_are_not_listed(slips):
    assert slips([task("t1")], [plan("t1", workday(0), workday(4))]) == {}
