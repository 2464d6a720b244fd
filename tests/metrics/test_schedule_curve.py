from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.metrics.schedule_curve import SCHEDULE_CURVE
from tests.metrics.schedule_rows import DAY, calendar, fx, plan, project, task, workday
from tests.metrics.steps import computed


@pytest.fixture
def curve(rows, collected):
    """(day, elapsed_days, pv_minor) in order, of planned tasks."""

    def points(*plans, day=date(2026, 6, 30), **core):
        core = {
            "work_calendar": calendar(days=300),
            "fx_rate": fx(),
            "project": [project()],
            "task": [task(row["task_id"]) for row in plans],
            "plan_task": list(plans),
        } | core
        found = collected(computed(rows(**core), SCHEDULE_CURVE, day)["schedule_curve"])
        return sorted((row["day"], row["elapsed_days"], row["pv_minor"]) for row in found)

    return points


def test_the_curve_bends_where_tasks_start_and_end(curve):
    # 1,000.00 over Mon-Fri, 1,000.00 over Wed-next Tue: 200 a day, 400 Wed-Fri, then 200
    assert curve(plan("t1", workday(0), workday(4)), plan("t2", workday(2), workday(6))) == [
        (workday(0) - DAY, 0, 0),
        (workday(1), 2, 400_00),
        (workday(4), 5, 1_600_00),
        (workday(6), 7, 2_000_00),
    ]


def test_a_gap_in_the_plan_is_a_plateau(curve):
    found = curve(plan("t1", workday(0), workday(1)), plan("t2", workday(4), workday(5)))
    assert [point[1:] for point in found] == [(0, 0), (2, 1_000_00), (4, 1_000_00), (6, 2_000_00)]


def test_weekend_work_jumps_on_its_due_date(curve):
    saturday = date(2026, 6, 6)
    assert curve(plan("t1", workday(0), workday(4)), plan("t2", saturday, saturday)) == [
        (workday(0) - DAY, 0, 0),
        (workday(4), 5, 1_000_00),
        (saturday, 5, 2_000_00),
    ]


def test_it_is_the_plan_in_force(curve):
    moved = plan("t1", workday(5), workday(9), plan_number=2, approved_date=workday(3))
    assert [p[1] for p in curve(plan("t1", workday(0), workday(9)), moved, day=workday(2))] == [0, 10]
    assert [p[1] for p in curve(plan("t1", workday(0), workday(9)), moved, day=workday(3))] == [0, 5]


spans = st.tuples(st.integers(0, 20), st.integers(1, 20), st.integers(1, 10**7))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(spans, min_size=1, max_size=5))
def test_every_point_is_the_sum_of_the_tasks_and_the_last_is_the_budget(curve, tasks):
    found = curve(
        *(
            plan(f"t{n}", workday(start), workday(start + days - 1), budget_seconds=3600, cost_rate_minor=cost)
            for n, (start, days, cost) in enumerate(tasks)
        )
    )
    first = min(start for start, _, _ in tasks)
    for _, elapsed, planned in found:
        exact = sum(Fraction(cost * min(max(elapsed + first - start, 0), days), days) for start, days, cost in tasks)
        assert abs(planned - exact) <= Fraction(51, 100)
    assert found[-1][1:] == (max(s + d for s, d, _ in tasks) - first, sum(cost for *_, cost in tasks))
    assert [p[2] for p in found] == sorted(p[2] for p in found)
