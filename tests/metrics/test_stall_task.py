from datetime import date

import pytest

from tasks.metrics.stall_task import STALL_TASK
from tests.metrics.delivery_rows import project
from tests.metrics.stall_rows import CALENDAR, DAY, TODAY, progress, task
from tests.metrics.steps import computed


@pytest.fixture
def stalls(rows, collected):
    """The rows by task."""

    def measure(*tasks, progress=(), projects=None):
        projects = [project(closed_date=None)] if projects is None else projects
        core = rows(project=projects, task=list(tasks), task_progress=list(progress), work_calendar=CALENDAR)
        return {row["task_id"]: row for row in collected(computed(core, STALL_TASK, TODAY)["stall_task"])}

    return measure


# 14 calendar days without a start or another percent complete (policy.yaml).
@pytest.mark.parametrize(
    ("given", "recorded", "idle"),
    [
        ({}, [], 29),
        ({"actual_start_date": date(2026, 6, 16)}, [], 14),
        ({"actual_start_date": date(2026, 6, 17)}, [], 13),
        ({"actual_start_date": None}, [], 29),  # due to start, and did not
        ({"start_date": None}, [], 29),
        ({"start_date": TODAY + DAY}, [], 29),
        ({}, [(date(2026, 6, 20), 40)], 10),
        ({}, [(date(2026, 6, 10), 40), (date(2026, 6, 25), 40)], 20),  # touched, not moved
        ({}, [(date(2026, 6, 10), 40), (date(2026, 6, 25), 60)], 5),
        ({}, [(date(2026, 6, 10), 40), (date(2026, 6, 25), 30)], 5),
        ({}, [(date(2026, 6, 10), 0)], 29),
        ({}, [(date(2026, 6, 10), 40), (TODAY + DAY, 60)], 20),
    ],
)
def test_a_task_is_stalled_after_fourteen_days_without_a_move(stalls, given, recorded, idle):
    found = stalls(task(**given), progress=[progress(*one) for one in recorded])["t"]
    assert (found["idle_days"], found["is_stalled"]) == (idle, idle >= 14)
    assert found["moved_date"] == TODAY - idle * DAY


@pytest.mark.parametrize(
    ("state", "is_blocked"),
    [("blocked", True), ("On hold", True), ("started", False), ("unblocked", False), (None, False)],
)
def test_a_state_of_the_policy_is_blocked(stalls, state, is_blocked):
    assert stalls(task(state=state))["t"]["is_blocked"] is is_blocked


def test_only_leaves_under_way_in_clients_open_projects_count(stalls):
    tasks = [
        task(),
        task("issue", task_type="issue"),
        task("rollup", has_children=True),
        task("away", is_archived=True),
        task("milestone", task_type="milestone"),
        task("done", actual_finish_date=TODAY),
        task("done tomorrow", actual_finish_date=TODAY + DAY),
        task("to come", start_date=TODAY + DAY, actual_start_date=None),
        *(task(f"of {name}", project_id=name) for name in ("closed", "closes tomorrow", "internal", "archived")),
    ]
    projects = [
        project(closed_date=None),
        project("closed", closed_date=TODAY),
        project("closes tomorrow", closed_date=TODAY + DAY),
        project("internal", contract_type="internal", closed_date=None),
        project("archived", is_archived=True, closed_date=None),
    ]
    assert set(stalls(*tasks, projects=projects)) == {"t", "issue", "done tomorrow", "of closes tomorrow"}
