import pytest

from tasks.metrics.schedule_portfolio import SCHEDULE_PORTFOLIO
from tests.metrics.schedule_rows import calendar, entry, fx, plan, progress, project, task, workday
from tests.metrics.steps import computed


@pytest.fixture
def portfolio(rows, collected):
    """The rows by (unit, is_open), through the marts below."""

    def measure(**core):
        frames = rows(**({"work_calendar": calendar(), "fx_rate": fx()} | core))
        found = collected(computed(frames, SCHEDULE_PORTFOLIO, workday(4))["schedule_portfolio"])
        return {(row["unit"], row["is_open"]): row for row in found}

    return measure


def company(**done):
    """One project a name, 1,000.00 over ten days of which five have passed, with its percent complete."""
    return {
        "project": [project(project_id=name) for name in done],
        "task": [task(f"{name}1", project_id=name, actual_start_date=workday(0)) for name in done],
        "plan_task": [plan(f"{name}1", workday(0), workday(9), project_id=name) for name in done],
        "task_progress": [progress(f"{name}1", workday(4), share) for name, share in done.items()],
        "time_entry": [entry(name, workday(1), 5, project_id=name, task_id=f"{name}1") for name in done],
    }


def test_sums_of_projects_give_the_ratios_and_bands_are_counted(portfolio):
    core = company(a=50_00, b=50_00, c=20_00, d=50_00, e=30_00)
    core["project"][3]["closed_date"] = workday(4)
    core["plan_task"][4]["cost_rate_minor"] = None
    found = portfolio(**core)
    cost = found["cost", True]
    assert (cost["project_count"], cost["green_count"], cost["red_count"], cost["amber_count"]) == (3, 2, 1, 0)
    assert (cost["bac_minor"], cost["pv_minor"], cost["ev_minor"], cost["ac_minor"]) == (
        3000_00,
        1500_00,
        1200_00,
        1500_00,
    )
    assert (cost["sv_minor"], cost["cv_minor"], cost["spi_ratio"], cost["cpi_ratio"]) == (-300_00, -300_00, 0.8, 0.8)
    assert (found["cost", False]["project_count"], found["cost", False]["ev_minor"]) == (1, 500_00)
    hours = found["hours", True]
    assert (hours["ev_seconds"], hours["pv_seconds"], hours["ev_minor"]) == (10_800, 18_000, None)


def test_one_project_without_a_value_leaves_no_sum_and_is_counted(portfolio):
    core = company(a=50_00, b=50_00)
    core["task_progress"][1]["recorded_date"] = workday(9)
    core["time_entry"][0]["cost_rate_minor"] = None
    cost = portfolio(**core)["cost", True]
    assert (cost["ev_minor"], cost["ac_minor"], cost["spi_ratio"], cost["cpi_ratio"]) == (None, None, None, None)
    assert (cost["unknown_progress_count"], cost["unknown_cost_count"], cost["unknown_count"]) == (1, 1, 1)
    assert cost["pv_minor"] == 1000_00


def test_no_projects_give_no_rows(portfolio):
    assert portfolio() == {}
