from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.metrics.schedule_project import SCHEDULE_PROJECT
from tests.metrics.schedule_rows import DAY, calendar, entry, fx, plan, progress, project, task, workday
from tests.metrics.steps import computed

VALUES = ("bac", "original_bac", "pv", "ev", "ac")


@pytest.fixture
def measured(rows, collected):
    """The projects of a day by id, from core rows and the task mart computed from them."""

    def measure(as_of, **core):
        core = {"work_calendar": calendar(days=500), "fx_rate": fx(), "project": [project()]} | core
        frames = computed(rows(**core), SCHEDULE_PROJECT, as_of)
        tasks = collected(frames["schedule_task"])
        found = {row["project_id"]: row for row in collected(frames["schedule_project"])}
        for project_id, row in found.items():
            mine = [t for t in tasks if t["project_id"] == project_id]
            for column in (f"{name}_{unit}" for name in VALUES for unit in ("minor", "seconds")):
                parts = [t[column] for t in mine]
                assert row[column] == (None if None in parts else sum(parts)), column
        return found

    return measure


def test_the_nine_month_project_that_took_thirteen_ends_late_although_its_spi_is_one(measured):
    # Source: Lipke's real project, PD 9 and done at 13: SPI 1.000, SPI(t) .692, SV(t) -4.0. A month is a day here.
    done = task("t1", actual_start_date=workday(0), actual_finish_date=workday(12))
    core = {
        "project": [project(closed_date=workday(12))],
        "task": [done],
        "plan_task": [plan("t1", workday(0), workday(8))],
    }
    for later in (workday(12), workday(40)):  # a finished project does not decay
        found = measured(later, **core)["p"]
        assert (found["spi_ratio"], found["pd_days"], found["at_days"], found["es_days"]) == (1.0, 9, 13, 9.0)
        assert found["spi_t_ratio"] == pytest.approx(0.692, abs=5e-4)
        assert (found["sv_t_days"], found["tspi_ratio"], found["sv_minor"]) == (-4.0, None, 0)
        assert (found["finish_slip_working_days"], found["band"], found["band_reason"]) == (4, "red", "spi_t")
        assert found["expected_finish_date"] == found["forecast_finish_date"] == workday(12)


def test_earned_schedule_is_read_off_a_straight_plan(measured):
    # 1,000.00 over ten working days: a tenth of the work is one day. 5 days have passed.
    cases = {"a": (0, 0.0), "b": (25_00, 2.5), "c": (50_00, 5.0), "d": (99_99, 9.999), "e": (100_00, 10.0)}
    found = measured(
        workday(4),
        project=[project(project_id=name) for name in cases],
        task=[task(f"{name}1", project_id=name, actual_start_date=workday(0)) for name in cases],
        plan_task=[plan(f"{name}1", workday(0), workday(9), project_id=name) for name in cases],
        task_progress=[progress(f"{name}1", workday(4), done) for name, (done, _) in cases.items()],
    )
    for name, (_, es) in cases.items():
        row = found[name]
        assert row["es_days"] == pytest.approx(es, abs=1e-9)
        assert row["spi_t_ratio"] == pytest.approx(es / 5)
        assert row["sv_t_days"] == pytest.approx(es - 5)
        assert row["ieac_t_days"] == (pytest.approx(10 / (es / 5)) if es else None)
        assert row["tspi_ratio"] == pytest.approx((10 - es) / (10 - 5))


def test_earned_schedule_between_the_bends_of_a_plan_by_hand(measured):
    # 200 a day on days 1-2, 400 on 3-5, 200 on 6-7. EV = 1,000: 400 after day 2, then 600 / 400 = 1.5 days more.
    found = measured(
        workday(4),
        task=[task("t1", actual_finish_date=workday(4)), task("t2")],
        plan_task=[plan("t1", workday(0), workday(4)), plan("t2", workday(2), workday(6))],
    )["p"]
    assert (found["ev_minor"], found["pv_minor"], found["at_days"], found["pd_days"]) == (1_000_00, 1_600_00, 5, 7)
    assert found["es_days"] == pytest.approx(3.5, abs=1e-6)


@pytest.mark.parametrize(("today", "es"), [(1, 2.0), (2, 3.0), (3, 4.0), (5, 6.0), (7, 6.0)])
def test_on_a_plateau_of_the_plan_earned_schedule_stays_with_the_clock(measured, today, es):
    # t1 fills days 1-2, t2 days 7-8: between the end of day 2 and that of day 6 nothing is planned, and t1 is done.
    found = measured(
        workday(today),
        task=[task("t1", actual_finish_date=workday(1)), task("t2")],
        plan_task=[plan("t1", workday(0), workday(1)), plan("t2", workday(6), workday(7))],
    )["p"]
    assert (found["ev_minor"], found["es_days"]) == (1_000_00, es)


def test_done_early_is_the_whole_planned_duration(measured):
    core = {
        "task": [task("t1", actual_finish_date=workday(5))],
        "plan_task": [plan("t1", workday(0), workday(9))],
        "project": [project(closed_date=workday(5))],
    }
    found = measured(workday(7), **core)["p"]
    assert (found["es_days"], found["at_days"], found["sv_t_days"], found["is_open"]) == (10.0, 6, 4.0, False)
    assert (found["finish_slip_working_days"], found["band"]) == (-4, "green")


def test_before_the_start_nothing_has_a_ratio(measured):
    found = measured(workday(0) - DAY, task=[task("t1")], plan_task=[plan("t1", workday(0), workday(9))])["p"]
    assert (found["pv_minor"], found["ev_minor"], found["ac_minor"], found["at_days"], found["es_days"]) == (
        0,
        0,
        0,
        0,
        0.0,
    )
    ratios = ("spi_ratio", "cpi_ratio", "sv_pct", "spi_t_ratio", "ieac_t_days", "eac_minor", "eac_combined_minor")
    assert {found[name] for name in ratios} == {None}
    assert (found["band"], found["tcpi_ratio"], found["tspi_ratio"]) == ("green", 1.0, 1.0)


def test_the_cost_side_turns_the_band_red(measured):
    # Half of 1,000.00 is earned. CPI = 500 / AC, TCPI = 500 / (1,000 - AC).
    cases = {
        "a": (5, 500, 1.0, "green", None),
        "b": (5.5, 500, 500 / 450, "red", "tcpi"),  # 1.11: the rest would have to go better than ever; CPI .909
        "c": (5.6, 500, 500 / 440, "red", "cpi"),  # CPI .893
        "d": (10, 500, None, "red", "budget_spent"),  # exactly spent with half to do
        "e": (12, 500, 500 / -200, "red", "budget_spent"),
        "f": (0.5, 9, 991 / 950, "green", None),  # CPI .18 of less than a hundredth of the work is noise
    }
    found = measured(
        workday(4),
        project=[project(project_id=name) for name in cases],
        task=[task(f"{name}{n}", project_id=name, due_date=workday(9)) for name in cases for n in (1, 2)],
        plan_task=[
            plan(f"{name}1", workday(0 if share > 9 else 5), workday(9), project_id=name)
            for name, (_, share, *_) in cases.items()
        ],
        task_progress=[progress(f"{name}1", workday(4), share * 10) for name, (_, share, *_) in cases.items()],
        time_entry=[
            entry(name, workday(0), spent, project_id=name, task_id=f"{name}1") for name, (spent, *_) in cases.items()
        ],
    )
    for name, (spent, _, tcpi, band, reason) in cases.items():
        row = found[name]
        assert row["tcpi_ratio"] == (pytest.approx(tcpi) if tcpi else None), name
        assert (row["band"], row["band_reason"], row["is_budget_spent"]) == (band, reason, spent >= 10), name


def test_the_limits_of_spi_t_are_where_the_policy_puts_them(measured):
    # 2,000.00 over 20 days; after 10 days the plan is half: a share x of the half is SPI(t) x.
    cases = {"a": (95_00, "green"), "b": (94_99, "amber"), "c": (90_00, "amber"), "d": (89_99, "red")}
    spans = ((1, workday(0), workday(9)), (2, workday(10), workday(19)))
    found = measured(
        workday(9),
        project=[project(project_id=name) for name in cases],
        task=[task(f"{name}{n}", project_id=name) for name in cases for n in (1, 2)],
        plan_task=[plan(f"{name}{n}", start, due, project_id=name) for name in cases for n, start, due in spans],
        task_progress=[progress(f"{name}1", workday(9), done) for name, (done, _) in cases.items()],
    )
    for name, (done, band) in cases.items():
        assert found[name]["spi_t_ratio"] == pytest.approx(done / 10_000, abs=1e-9)
        assert found[name]["band"] == band


def test_the_limits_of_finish_slip_are_where_the_policy_puts_them(measured):
    cases = {5: "green", 6: "amber", 10: "amber", 11: "red"}
    found = measured(
        workday(9),
        project=[project(project_id=f"p{days}") for days in cases],
        task=[task(f"t{days}", project_id=f"p{days}", due_date=workday(19 + days)) for days in cases],
        plan_task=[plan(f"t{days}", workday(0), workday(19), project_id=f"p{days}") for days in cases],
        task_progress=[progress(f"t{days}", workday(9), 50_00) for days in cases],
    )
    for days, band in cases.items():
        row = found[f"p{days}"]
        assert (row["finish_slip_working_days"], row["band"]) == (days, band)
        assert row["band_reason"] == (None if band == "green" else "slip")


def test_a_project_without_a_close_is_finished_when_all_its_planned_tasks_are(measured):
    # Two tasks over ten days; p finishes on day 12 and q's second task stays open. Two years later p has not decayed.
    tasks = [task("p1", actual_finish_date=workday(4)), task("p2", actual_finish_date=workday(11))]
    core = {
        "project": [project(), project(project_id="q"), project(project_id="r", closed_date=workday(13))],
        "task": [
            *tasks,
            *(one | {"task_id": f"q{n}", "project_id": "q"} for n, one in enumerate(tasks)),
            *(one | {"task_id": f"r{n}", "project_id": "r"} for n, one in enumerate(tasks)),
        ],
        "plan_task": [
            plan(name, workday(0), workday(9), project_id=name[0]) for name in ("p1", "p2", "q0", "q1", "r0", "r1")
        ],
    }
    core["task"][3] |= {"actual_finish_date": None, "due_date": workday(9)}
    before, found = measured(workday(10), **core), measured(workday(80), **core)
    assert (before["p"]["is_open"], before["p"]["at_days"]) == (True, 11)
    p, q, r = (found[name] for name in "pqr")
    assert (p["is_open"], p["at_days"], p["es_days"], p["finish_slip_working_days"]) == (False, 12, 10.0, 2)
    assert p["spi_t_ratio"] == pytest.approx(10 / 12)
    assert p["expected_finish_date"] == p["forecast_finish_date"] == workday(11)
    assert (q["is_open"], q["at_days"], q["band"]) == (True, 81, "red")
    assert (r["is_open"], r["at_days"], r["finish_slip_working_days"]) == (False, 14, 4)  # the close counts when known


def test_an_open_task_past_its_forecast_ends_today_at_the_earliest(measured):
    found = measured(
        workday(14), task=[task("t1", due_date=workday(9))], plan_task=[plan("t1", workday(0), workday(9))]
    )["p"]
    assert (found["expected_finish_date"], found["finish_slip_working_days"]) == (workday(14), 5)


def test_a_re_baseline_is_measured_against_both_plans(measured):
    plans = [
        plan("t1", workday(0), workday(9)),
        plan("t1", workday(0), workday(19), plan_number=2, approved_date=workday(3)),
    ]
    found = measured(
        workday(9),
        task=[task("t1", due_date=workday(21))],
        plan_task=plans,
        task_progress=[progress("t1", workday(9), 50_00)],
    )["p"]
    assert (found["plan_number"], found["pd_days"], found["finish_slip_working_days"]) == (2, 20, 2)
    assert (found["original_finish_slip_working_days"], found["original_finish_date"]) == (12, workday(9))


@pytest.mark.parametrize(("seen", "reliable"), [(10, True), (11, False)])
def test_a_plan_first_seen_late_gives_no_slip_and_no_band(measured, seen, reliable):
    first_seen = plan("t1", workday(0), workday(9), origin="first_seen", approved_date=workday(seen))
    found = measured(workday(30), task=[task("t1")], plan_task=[first_seen])["p"]
    assert found["is_slip_reliable"] is reliable
    assert (found["finish_slip_working_days"], found["band"]) == ((21, "red") if reliable else (None, "unknown"))


def test_unknown_progress_is_not_zero(measured):
    found = measured(
        workday(5),
        task=[task("t1", actual_start_date=workday(0)), task("t2")],
        plan_task=[plan("t1", workday(0), workday(30)), plan("t2", workday(0), workday(30))],
        task_progress=[progress("t1", workday(8), 40_00)],
    )["p"]
    assert {
        found[name]
        for name in ("ev_minor", "spi_ratio", "cpi_ratio", "es_days", "spi_t_ratio", "sv_minor", "tcpi_ratio")
    } == {None}
    assert (found["band"], found["missing_progress_count"], found["bac_minor"]) == ("unknown", 1, 2_000_00)


def test_in_hours_money_is_null_and_the_ratios_stand(measured):
    found = measured(
        workday(4),
        task=[task("t1")],
        plan_task=[plan("t1", workday(0), workday(9), cost_rate_minor=None)],
        task_progress=[progress("t1", workday(4), 40_00)],
        time_entry=[entry("1", workday(0), 5)],
    )["p"]
    assert (found["unit"], found["bac_seconds"], found["pv_seconds"], found["ev_seconds"], found["ac_seconds"]) == (
        "hours",
        36_000,
        18_000,
        14_400,
        18_000,
    )
    assert {value for name, value in found.items() if name.endswith("_minor")} == {None}
    assert (found["spi_ratio"], found["cpi_ratio"], found["es_days"]) == (0.8, 0.8, pytest.approx(4.0))


def test_the_forecast_finish_is_the_working_day_on_which_the_forecast_duration_runs_out(measured):
    # 4 of 10 days earned in 5: SPI(t) .8, 12.5 days in all, which run out on the 13th working day.
    found = measured(
        workday(4),
        task=[task("t1")],
        plan_task=[plan("t1", workday(0), workday(9))],
        task_progress=[progress("t1", workday(4), 40_00)],
    )["p"]
    assert found["ieac_t_days"] == pytest.approx(12.5)
    assert found["forecast_finish_date"] == workday(12)


def test_months_are_the_calendar_span_of_the_plan(measured):
    # 1 June to 31 July 2026: 61 days are 61 / 30.4375 months, and 45 working days.
    found = measured(
        date(2026, 6, 30),
        task=[task("t1")],
        plan_task=[plan("t1", date(2026, 6, 1), date(2026, 7, 31))],
        task_progress=[progress("t1", date(2026, 6, 30), 20_00)],
    )["p"]
    assert (found["pd_days"], found["at_days"]) == (45, 22)
    assert found["pd_months"] == pytest.approx(61 / 30.4375)
    assert found["at_months"] == pytest.approx(22 / 45 * 61 / 30.4375)
    assert found["es_months"] == pytest.approx(0.2 * 61 / 30.4375)


def test_a_project_whose_plan_counts_no_work_is_left_out(measured):
    assert (
        measured(
            workday(4),
            task=[task("t1")],
            time_entry=[entry("1", workday(0), 5)],
            plan_task=[plan("t1", workday(0), workday(9), budget_seconds=0)],
        )
        == {}
    )


spans = st.tuples(
    st.integers(0, 12), st.integers(1, 12), st.integers(1, 10**6), st.integers(0, 10_000), st.integers(0, 10_000)
)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(spans, min_size=1, max_size=4), st.integers(0, 25))
def test_earned_schedule_grows_with_earned_value_and_the_forecast_has_one_value(measured, spans, day):
    # Project q is project p with at least as much done.
    core = {"project": [project(), project(project_id="q")], "task": [], "plan_task": [], "task_progress": []}
    for n, (start, length, cost, less, more) in enumerate(spans):
        for name, done in (("p", min(less, more)), ("q", max(less, more))):
            core["task"].append(task(f"{name}{n}", project_id=name))
            core["plan_task"].append(
                plan(
                    f"{name}{n}",
                    workday(start),
                    workday(start + length - 1),
                    project_id=name,
                    budget_seconds=3600,
                    cost_rate_minor=cost,
                )
            )
            core["task_progress"].append(progress(f"{name}{n}", workday(day), done))
    found = measured(workday(day), **core)
    p, q = found["p"], found["q"]
    assert p["ev_minor"] <= q["ev_minor"] <= q["bac_minor"]
    assert 0 <= p["es_days"] <= q["es_days"] + 1e-9 <= q["pd_days"] + 2e-9
    for row in (p, q):
        if row["ieac_t_days"] is not None:  # PD / SPI(t) = AT + (PD - ES) / SPI(t)
            other = row["at_days"] + (row["pd_days"] - row["es_days"]) / row["spi_t_ratio"]
            assert row["ieac_t_days"] == pytest.approx(other)


def test_a_third_done_after_40_of_90_days_forecasts_120(measured):
    # Source: tool-patch milestone slip calculator: 4 of 12 done, 40 of 90 days: 44.4 % planned, forecast 120.0 days.
    found = measured(
        workday(39),
        task=[task("t1")],
        plan_task=[plan("t1", workday(0), workday(89))],
        task_progress=[progress("t1", workday(39), 33_33)],
    )["p"]
    assert 100 * found["pv_minor"] / found["bac_minor"] == pytest.approx(44.4, abs=0.05)
    assert found["ieac_t_days"] == pytest.approx(120.0, abs=0.05)


def test_110_days_for_100_planned_are_a_slippage_of_10_percent(measured):
    # Source: taskmanagerpro, schedule slippage.
    found = measured(
        workday(120),
        project=[project(closed_date=workday(109))],
        plan_task=[plan("t1", workday(0), workday(99))],
        task=[task("t1", actual_finish_date=workday(109))],
    )["p"]
    assert 100 * found["finish_slip_working_days"] / found["pd_days"] == 10
