from datetime import timedelta

import pytest

from tasks.metrics.success_plan_deal import SUCCESS_PLAN_DEAL
from tests.metrics.delivery_rows import LIVE, milestone, project, success_plan
from tests.metrics.handoff_rows import FX, NEVER_READ, READ, TODAY, deal
from tests.metrics.steps import computed

DAY = timedelta(days=1)


@pytest.fixture
def plans(rows, collected):
    """The row of the one deal."""

    def measure(*plans, live=LIVE, feed=READ):
        core = rows(
            opportunity=[deal()],
            project=[project(closed_date=None)],
            task=[milestone(actual_finish_date=live)],
            success_plan=list(plans),
            feed=feed,
            fx_rate=FX,
        )
        (found,) = collected(computed(core, SUCCESS_PLAN_DEAL, TODAY)["success_plan_deal"])
        return found

    return measure


@pytest.mark.parametrize(
    ("created", "live", "state"),
    [
        (LIVE - DAY, LIVE, "in_time"),
        (LIVE, LIVE, "late"),  # before the go-live, not at it
        (LIVE + DAY, LIVE, "late"),
        (None, LIVE, "missing"),
        (TODAY + DAY, LIVE, "missing"),
        (LIVE, None, "started"),
        (LIVE, TODAY + DAY, "started"),
        (None, None, "none"),
    ],
)
def test_a_plan_is_in_time_before_the_go_live(plans, created, live, state):
    found = plans(*([] if created is None else [success_plan(created_date=created)]), live=live)
    assert (found["state"], found["is_in_time"]) == (state, state == "in_time")
    assert found["is_live"] is (state in ("in_time", "late", "missing"))


def test_the_first_plan_counts(plans):
    found = plans(success_plan(success_plan_id="2", created_date=LIVE + DAY), success_plan(created_date=LIVE - DAY))
    assert (found["state"], found["created_date"], found["go_live_date"]) == ("in_time", LIVE - DAY, LIVE)


def test_what_was_never_read_is_unknown_and_named(plans):
    found = plans(feed=NEVER_READ)
    assert (found["state"], found["missing_input"]) == ("unknown", "success_plan")
    assert (found["is_live"], found["is_in_time"], found["go_live_date"]) == (None, None, LIVE)
