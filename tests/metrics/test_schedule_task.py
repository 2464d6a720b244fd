from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.metrics.schedule_task import SCHEDULE_TASK
from tests.metrics.schedule_rows import DAY, calendar, entry, fx, plan, progress, project, task, workday
from tests.metrics.steps import computed


@pytest.fixture
def measured(rows, collected):
    """The rows of a day by task, from core rows."""

    def measure(as_of, **core):
        core = {"work_calendar": calendar(), "fx_rate": fx(), "project": [project()]} | core
        result = collected(computed(rows(**core), SCHEDULE_TASK, as_of)["schedule_task"])
        assert len({row["task_id"] for row in result}) == len(result)
        return {row["task_id"]: row for row in result}

    return measure


@pytest.mark.parametrize(
    ("day", "pv"),
    [
        (date(2026, 6, 2), 0),  # the day before it starts
        (date(2026, 6, 3), 100_000 // 4),  # Wednesday, the first of four working days
        (date(2026, 6, 5), 75_000),  # Friday
        (date(2026, 6, 7), 75_000),  # the weekend adds nothing
        (date(2026, 6, 8), 100_000),  # Monday, the due date, is worked
        (date(2026, 6, 9), 100_000),
    ],
)
def test_planned_value_grows_over_the_working_days_from_start_to_due_both_worked(measured, day, pv):
    found = measured(day, task=[task("t1")], plan_task=[plan("t1", date(2026, 6, 3), date(2026, 6, 8))])
    assert found["t1"]["pv_minor"] == pv
    assert found["t1"]["bac_minor"] == 100_000


def test_a_task_without_a_working_day_is_planned_whole_on_its_due_date(measured):
    saturday = date(2026, 6, 6)
    core = {"task": [task("t1")], "plan_task": [plan("t1", saturday, saturday + DAY)]}
    assert measured(saturday, **core)["t1"]["pv_minor"] == 0
    assert measured(saturday + DAY, **core)["t1"]["pv_minor"] == 100_000


def test_planned_value_is_rounded_half_even(measured):
    # 1 hour at 0.05 over 2 days: 2.5 cents, and 1 hour at 0.07: 3.5 cents
    plans = [
        plan("t1", workday(0), workday(1), budget_seconds=3600, cost_rate_minor=5),
        plan("t2", workday(0), workday(1), budget_seconds=3600, cost_rate_minor=7),
    ]
    found = measured(workday(0), task=[task("t1"), task("t2")], plan_task=plans)
    assert (found["t1"]["pv_minor"], found["t2"]["pv_minor"]) == (2, 4)


def test_roll_ups_and_milestones_carry_no_budget(measured):
    found = measured(
        workday(9),
        task=[task("t1"), task("t2", has_children=True), task("t3", task_type="milestone")],
        plan_task=[
            plan("t1", workday(0), workday(4)),
            plan("t2", workday(0), workday(4)),
            plan("t3", workday(4), workday(4), is_milestone=True),
        ],
    )
    assert set(found) == {"t1"}


def test_progress_is_the_latest_recorded_by_the_day_and_an_explicit_zero_is_not_missing(measured):
    plans = [plan("t1", workday(0), workday(4)), plan("t2", workday(0), workday(4))]
    records = [progress("t1", workday(1), 20_00), progress("t1", workday(3), 60_00), progress("t2", workday(2), 0)]
    tasks = [task("t1", actual_start_date=workday(0)), task("t2", actual_start_date=workday(0))]
    found = measured(workday(2), task=tasks, plan_task=plans, task_progress=records)
    assert [(found[t]["ev_minor"], found[t]["progress_bp"], found[t]["is_progress_missing"]) for t in ("t1", "t2")] == [
        (20_000, 20_00, False),
        (0, 0, False),
    ]


def test_done_is_100_percent_from_the_day_it_was_done_whatever_was_recorded(measured):
    core = {
        "task": [task("t1", actual_start_date=workday(0), actual_finish_date=workday(3))],
        "plan_task": [plan("t1", workday(0), workday(4))],
        "task_progress": [progress("t1", workday(1), 90_00)],
    }
    assert measured(workday(2), **core)["t1"]["ev_minor"] == 90_000
    assert measured(workday(3), **core)["t1"]["ev_minor"] == 100_000


@pytest.mark.parametrize(("length", "earned"), [(10, 0), (11, 50_000)])
def test_without_percent_complete_short_tasks_earn_0_100_and_long_ones_50_50(measured, length, earned):
    found = measured(
        workday(5),
        task=[task("t1", actual_start_date=workday(5))],
        plan_task=[plan("t1", workday(0), workday(length - 1))],
    )
    assert (found["t1"]["ev_minor"], found["t1"]["is_progress_missing"]) == (earned, True)


def test_an_unstarted_task_earns_nothing_and_nothing_is_missing(measured):
    found = measured(
        workday(5), task=[task("t1", actual_start_date=workday(6))], plan_task=[plan("t1", workday(0), workday(30))]
    )
    assert (found["t1"]["ev_minor"], found["t1"]["is_progress_missing"]) == (0, False)


def test_progress_before_its_first_record_is_unknown_not_guessed(measured):
    found = measured(
        workday(5),
        task=[task("t1", actual_start_date=workday(0))],
        plan_task=[plan("t1", workday(0), workday(30))],
        task_progress=[progress("t1", workday(8), 40_00)],
    )
    assert (found["t1"]["ev_minor"], found["t1"]["progress_bp"], found["t1"]["is_progress_missing"]) == (
        None,
        None,
        True,
    )


def test_actual_cost_counts_what_is_not_rejected_up_to_the_day_off_plan_and_without_a_task_too(measured):
    found = measured(
        workday(2),
        task=[task("t1"), task("t9")],
        plan_task=[plan("t1", workday(0), workday(4))],
        time_entry=[
            entry("1", workday(0), 2),
            entry("2", workday(2), 1, approval="draft"),
            entry("3", workday(0), 4, approval="rejected"),
            entry("4", workday(3), 8),
            entry("5", workday(1), 3, task_id="t9"),
            entry("6", workday(1), 1.5, task_id=None),
            entry("7", workday(1), -1, task_id="t9", reverses_id="5"),
        ],
    )
    assert {t: row["ac_minor"] for t, row in found.items()} == {"t1": 300_00, "t9": 200_00, "": 150_00}
    assert (found["t9"]["bac_minor"], found["t9"]["pv_minor"], found["t9"]["ev_minor"]) == (0, 0, 0)


def test_the_cost_rate_is_stamped_else_the_projects_the_roles_the_standard_one_of_the_day(measured):
    def rate(rate_id, day, cost, **of):
        return {"rate_id": rate_id, "effective_date": day, "cost_rate_minor": cost, "currency": "USD"} | of

    early = date(2025, 1, 1)
    rates = [
        rate("1", early, 10_00),
        rate("2", early, 20_00, role_id="r"),
        rate("3", early, 30_00, project_id="p"),
        rate("4", workday(2), 40_00, project_id="p"),
        rate("5", workday(9), 50_00, project_id="p"),
        rate("6", workday(2), None, role_id="r", bill_rate_minor=99_00),
    ]
    two = [project(), project(project_id="q")]
    plans = [plan("t1", workday(0), workday(4)), plan("t1", workday(0), workday(4), project_id="q")]
    hours = [
        entry("1", workday(3), 1, task_id="a", cost_rate_minor=7_00),
        entry("2", workday(1), 1, task_id="b", cost_rate_minor=None),
        entry("3", workday(2), 1, task_id="c", cost_rate_minor=None, role_id="r"),
        entry("4", workday(3), 1, task_id="d", cost_rate_minor=None, role_id="r", project_id="q"),
        entry("5", workday(3), 1, task_id="e", cost_rate_minor=None, role_id="other", project_id="q"),
        entry("6", workday(3), 1, task_id="f", cost_rate_minor=None, project_id="q"),
    ]
    found = measured(
        workday(4),
        project=two,
        task=[task("x")],
        plan_task=[plans[0], plans[1] | {"task_id": "t2"}],
        rate=rates,
        time_entry=hours,
    )
    assert {t: found[t]["ac_minor"] for t in "abcdef"} == {
        "a": 7_00,
        "b": 30_00,
        "c": 40_00,
        "d": 20_00,
        "e": 10_00,
        "f": 10_00,
    }


def test_time_without_any_cost_rate_makes_the_cost_unknown_and_says_how_much(measured):
    found = measured(
        workday(4),
        task=[task("t1")],
        plan_task=[plan("t1", workday(0), workday(4))],
        time_entry=[entry("1", workday(0), 2), entry("2", workday(0), 1, cost_rate_minor=None)],
    )
    assert (found["t1"]["ac_minor"], found["t1"]["uncosted_seconds"]) == (None, 3600)


def test_one_planned_task_without_a_cost_rate_puts_the_whole_project_in_hours(measured):
    found = measured(
        workday(4),
        task=[task("t1"), task("t2")],
        plan_task=[plan("t1", workday(0), workday(4)), plan("t2", workday(0), workday(9), cost_rate_minor=None)],
        time_entry=[entry("1", workday(0), 2, cost_rate_minor=None)],
    )
    assert [
        (
            found[t]["unit"],
            found[t]["bac_minor"],
            found[t]["bac_seconds"],
            found[t]["pv_seconds"],
            found[t]["ac_seconds"],
        )
        for t in ("t1", "t2")
    ] == [("hours", None, 36_000, 36_000, 7200), ("hours", None, 36_000, 18_000, 0)]
    assert found["t1"]["uncosted_seconds"] == 0


def test_budget_and_cost_are_converted_at_the_month_of_the_original_plan(measured):
    months = fx(date(2026, 6, 1), EUR=110_000_000) + fx(date(2026, 7, 1), EUR=200_000_000)
    plans = [
        plan("t1", date(2026, 6, 1), date(2026, 6, 5), currency="EUR"),
        plan("t1", date(2026, 6, 1), date(2026, 7, 3), currency="EUR", plan_number=2, approved_date=date(2026, 7, 1)),
    ]
    found = measured(
        date(2026, 7, 10),
        task=[task("t1")],
        plan_task=plans,
        fx_rate=months,
        time_entry=[entry("1", date(2026, 7, 8), 1, currency="EUR")],
    )
    assert (found["t1"]["bac_minor"], found["t1"]["ac_minor"]) == (110_000, 11_000)


def test_the_plan_in_force_moves_the_budget_and_the_original_one_stays(measured):
    plans = [
        plan("t1", workday(0), workday(4)),
        plan("t2", workday(0), workday(4)),
        plan("t1", workday(0), workday(4), plan_number=2, approved_date=workday(3), budget_seconds=72_000),
        plan("t3", workday(0), workday(4), plan_number=2, approved_date=workday(3)),
    ]
    core = {"task": [task(t) for t in ("t1", "t2", "t3")], "plan_task": plans}
    before, after = measured(workday(2), **core), measured(workday(3), **core)
    assert {t: (row["bac_minor"], row["original_bac_minor"]) for t, row in before.items()} == {
        "t1": (100_000, 100_000),
        "t2": (100_000, 100_000),
    }
    assert {t: (row["bac_minor"], row["original_bac_minor"]) for t, row in after.items()} == {
        "t1": (200_000, 100_000),
        "t2": (0, 100_000),
        "t3": (100_000, 0),
    }


def test_before_its_first_approval_the_original_plan_is_in_force(measured):
    found = measured(date(2026, 5, 8), task=[task("t1")], plan_task=[plan("t1", date(2026, 5, 4), date(2026, 5, 8))])
    assert found["t1"]["pv_minor"] == 100_000


def test_no_rows_give_no_rows(measured):
    assert measured(workday(0), project=[]) == {}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**7), st.integers(1, 10**6), st.integers(-3, 60), st.integers(1, 40), st.integers(0, 12_000))
def test_planned_and_earned_value_follow_the_definition_and_never_pass_the_budget(
    measured, rate, seconds, day, length, done
):
    row = measured(
        workday(20),
        task=[task("t1", actual_start_date=workday(0))],
        task_progress=[progress("t1", workday(20), done)],
        plan_task=[plan("t1", workday(day), workday(day + length - 1), budget_seconds=seconds, cost_rate_minor=rate)],
        work_calendar=calendar(days=300),
    )["t1"]
    budget = round(Fraction(seconds * rate, 3600))  # Fractions round half-even
    worked = min(max(20 - day + 1, 0), length)
    assert row["bac_minor"] == budget
    assert row["pv_minor"] == round(Fraction(budget * worked, length))
    assert row["ev_minor"] == round(Fraction(budget * min(done, 10_000), 10_000)) <= budget


@pytest.mark.parametrize(("period", "earned"), [(1, 0), (2, 50), (3, 140), (4, 200)])
def test_weighted_milestones_earn_their_weight_when_done(measured, period, earned):
    # Source: GPM glossary (lpm.sogln.de): weights 50, 90, 60 done after periods 2, 3, 4; a period is a day here.
    weights = {"m1": (50, 2), "m2": (90, 3), "m3": (60, 4)}
    found = measured(
        workday(period),
        task=[task(m, actual_start_date=workday(0), actual_finish_date=workday(n)) for m, (_, n) in weights.items()],
        plan_task=[
            plan(m, workday(0), workday(4), budget_seconds=3600, cost_rate_minor=weight)
            for m, (weight, _) in weights.items()
        ],
    )
    assert sum(row["ev_minor"] for row in found.values()) == earned
