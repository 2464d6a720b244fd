from datetime import timedelta

import pytest

from tasks.metrics.promise_item import PROMISE_ITEM
from tests.metrics.delivery_rows import STARTED, milestone, project, promise
from tests.metrics.handoff_rows import FX, TODAY, deal
from tests.metrics.steps import computed

DAY = timedelta(days=1)
TASKS = (milestone(),)


@pytest.fixture
def promises(rows, collected):
    """The states by promise."""

    def measure(*promises, projects=None, tasks=TASKS):
        projects = [project()] if projects is None else projects
        core = rows(opportunity=[deal()], project=projects, task=list(tasks), promise=list(promises), fx_rate=FX)
        found = collected(computed(core, PROMISE_ITEM, TODAY)["promise_item"])
        return {row["promise_id"]: row["state"] for row in found}

    return measure


# A task of the deal's own project, or a clause of the scope, by the start of the project.
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "mapped"),
        ({"mapped_date": STARTED - DAY}, "mapped"),
        ({"mapped_date": STARTED + DAY}, "mapped_late"),
        ({"mapped_date": None}, "mapped_late"),
        ({"mapped_date": TODAY + DAY}, "unmapped"),
        ({"task_id": None}, "unmapped"),
        ({"task_id": "gone"}, "unmapped"),
        ({"task_id": "away"}, "unmapped"),
        ({"task_id": "another's"}, "unmapped"),
        ({"task_id": "nobody's"}, "unmapped"),
        ({"task_id": None, "scope_clause": "Section 3.2"}, "mapped"),
        ({"task_id": "gone", "scope_clause": "Section 3.2"}, "mapped"),
        ({"task_id": None, "scope_clause": " TBD. "}, "unmapped"),
        ({"kind": "custom_agreement"}, "mapped"),
    ],
)
def test_a_promise_is_mapped_to_what_delivers_it(promises, changes, state):
    projects = [project(), project("q", "another deal"), project("r", None)]
    tasks = [
        milestone(),
        milestone("away", is_archived=True),
        milestone("another's", "q"),
        milestone("nobody's", "r"),
    ]
    assert promises(promise(**changes), projects=projects, tasks=tasks) == {"1": state}


def test_without_a_project_a_promise_is_pending_or_mapped_to_the_scope(promises):
    found = promises(promise(), promise("2", task_id=None, scope_clause="Section 3.2", mapped_date=None), projects=[])
    assert found == {"1": "pending", "2": "mapped"}


def test_before_the_start_a_mapping_is_in_time(promises):
    later = [project(start_date=TODAY + DAY, closed_date=None)]
    assert promises(promise(mapped_date=TODAY), promise("2", task_id=None), projects=later) == {
        "1": "mapped",
        "2": "unmapped",
    }


def test_promises_of_other_deals_are_not_of_a_handoff(promises):
    assert promises(promise(deal="a renewal")) == {}
