from datetime import date, timedelta

import pytest

from tasks.metrics.delivery_deal import DELIVERY_DEAL
from tasks.metrics.go_live import GO_LIVE
from tests.metrics.delivery_rows import CLOSED, LIVE, STARTED, milestone, project
from tests.metrics.handoff_rows import TODAY
from tests.metrics.steps import computed

TOMORROW = TODAY + timedelta(days=1)
LATER = LIVE + timedelta(days=1)


@pytest.fixture
def lives(rows, collected):
    """The go-live and the close by project."""

    def measure(projects, milestones=(), as_of=TODAY):
        core = rows(project=projects, task=list(milestones))
        found = collected(computed(core, GO_LIVE, as_of)["go_live"])
        return {row["project_id"]: (row["go_live_date"], row["closed_date"]) for row in found}

    return measure


@pytest.fixture
def deliveries(rows, collected):
    def measure(projects, milestones=()):
        core = rows(project=projects, task=list(milestones))
        found = collected(computed(core, DELIVERY_DEAL, TODAY)["delivery_deal"])
        names = ("project_count", "start_date", "go_live_date", "closed_date")
        return {row["opportunity_id"]: tuple(row[name] for name in names) for row in found}

    return measure


# The milestone says so; else the close does.
@pytest.mark.parametrize(
    ("milestones", "live"),
    [
        ([milestone()], LIVE),
        ([milestone(name="GO LIVE")], LIVE),
        ([milestone(), milestone("m2", actual_finish_date=LATER)], LATER),
        ([milestone(), milestone("m2", actual_finish_date=None)], CLOSED),
        ([milestone(), milestone("m2", actual_finish_date=None, is_archived=True)], LIVE),
        ([milestone(name="Design agreed")], CLOSED),
        ([milestone(name="Go-live", task_type="task")], CLOSED),
        ([milestone(name=None)], CLOSED),
        ([milestone(project="other")], CLOSED),
        ([], CLOSED),
    ],
)
def test_a_project_is_live_by_its_milestones_else_by_its_close(lives, milestones, live):
    assert lives([project(), project("other", closed_date=None)], milestones)["p"] == (live, CLOSED)


def test_what_is_still_to_come_is_not_known(lives):
    open_ = project(closed_date=TOMORROW)
    assert lives([open_], [milestone(actual_finish_date=TOMORROW)]) == {"p": (None, None)}
    assert lives([open_], [milestone()]) == {"p": (LIVE, None)}
    assert lives([open_]) == {"p": (None, None)}


def test_internal_projects_have_no_go_live(lives):
    assert lives([project(contract_type="internal")], [milestone()]) == {}


def test_a_delivery_starts_and_is_live_with_its_first_project_and_closes_with_its_last(deliveries):
    projects = [
        project(),
        project("p2", start_date=STARTED - timedelta(days=3), closed_date=TODAY),
        project("q", "open"),
        project("q2", "open", closed_date=None),
        project("future", "future", start_date=TOMORROW, closed_date=None),
        project("nobody's", None),
    ]
    assert deliveries(projects, [milestone(), milestone("m2", "p2", actual_finish_date=LATER)]) == {
        "d": (2, STARTED - timedelta(days=3), LIVE, TODAY),
        "open": (2, STARTED, CLOSED, None),
        "future": (1, None, None, None),
    }


def test_the_days_are_those_of_the_definition():
    assert date(2026, 6, 15) == STARTED < LIVE < CLOSED < TODAY
