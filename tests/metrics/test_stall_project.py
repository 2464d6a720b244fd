import pytest

from tasks.metrics.stall_project import STALL_PROJECT
from tests.metrics.delivery_rows import project
from tests.metrics.stall_rows import CALENDAR, TODAY, task
from tests.metrics.steps import computed


@pytest.fixture
def projects(rows, collected):
    """The rows of the one project."""

    def measure(*tasks):
        core = rows(project=[project(closed_date=None)], task=list(tasks), work_calendar=CALENDAR)
        return collected(computed(core, STALL_PROJECT, TODAY)["stall_project"])

    return measure


@pytest.mark.parametrize(
    ("tasks", "state", "counts"),
    [
        ([{}, {"actual_start_date": TODAY}], "slow", (2, 1, 0)),
        ([{}, {}], "stalled", (2, 2, 0)),
        ([{"actual_start_date": TODAY}], "moving", (1, 0, 0)),
        ([{"actual_start_date": TODAY, "state": "blocked"}, {}], "blocked", (2, 1, 1)),
    ],
)
def test_a_project_is_judged_by_its_tasks(projects, tasks, state, counts):
    given = [task(str(place), **one) for place, one in enumerate(tasks)]
    (found,) = projects(*given)
    assert (found["state"], found["open_count"], found["stalled_count"], found["blocked_count"]) == (state, *counts)


def test_a_project_without_work_under_way_has_no_row(projects):
    assert projects(task(actual_finish_date=TODAY)) == []
