from datetime import timedelta

import pytest

from tasks.metrics.promise_deal import PROMISE_DEAL
from tests.metrics.delivery_rows import STARTED, milestone, project, promise
from tests.metrics.handoff_rows import FX, NEVER_READ, READ, TODAY, deal
from tests.metrics.steps import computed

DAY = timedelta(days=1)
COUNTS = ("promised_count", "mapped_count", "late_count", "unmapped_count", "pending_count")


@pytest.fixture
def promised(rows, collected):
    """The row of the one deal."""

    def measure(*promises, projects=None, feed=READ):
        projects = [project()] if projects is None else projects
        core = rows(
            opportunity=[deal()],
            project=projects,
            task=[milestone()],
            promise=list(promises),
            feed=feed,
            fx_rate=FX,
        )
        (found,) = collected(computed(core, PROMISE_DEAL, TODAY)["promise_deal"])
        return found

    return measure


def test_mapped_over_promised(promised):
    late = promise("3", mapped_date=STARTED + DAY)
    found = promised(promise(), promise("2"), late, promise("4", task_id=None))
    assert [found[name] for name in COUNTS] == [4, 2, 1, 1, 0]
    assert (found["mapped_pct"], found["state"]) == (50.0, "unmapped")


def test_the_worst_promise_gives_the_state(promised):
    late = promise("2", mapped_date=STARTED + DAY)
    assert promised(promise(), late)["state"] == "mapped_late"
    assert promised(promise(), promise("2"))["state"] == "mapped"
    assert promised(promise(), projects=[])["state"] == "pending"


def test_a_deal_that_promised_nothing_has_no_percentage(promised):
    found = promised()
    assert ([found[name] for name in COUNTS], found["mapped_pct"], found["state"]) == ([0] * 5, None, "none")


def test_what_was_never_read_is_unknown_and_named(promised):
    found = promised(feed=NEVER_READ)
    assert (found["state"], found["missing_input"]) == ("unknown", "promise")
    assert [found[name] for name in (*COUNTS, "mapped_pct")] == [None] * 6
