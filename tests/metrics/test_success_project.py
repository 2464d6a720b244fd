import pytest

from tasks.metrics.success_project import SUCCESS_PROJECT
from tests.metrics.delivery_rows import closeout, milestone
from tests.metrics.handoff_rows import NEVER_READ, READ
from tests.metrics.schedule_rows import DAY, calendar, entry, fx, plan, project, task, workday
from tests.metrics.steps import computed

STARTED, PLANNED, CLOSED, TODAY = workday(0), workday(8), workday(12), workday(15)


@pytest.fixture
def successes(rows, collected):
    """The rows of a project of 10 hours, planned to end on working day 8 and closed on day 12: all good unless told."""

    def measure(*, rating=4, closed=CLOSED, live=PLANNED, hours=10, approved=STARTED, feed=READ):
        origin = "vendor" if approved == STARTED else "first_seen"
        terms = {"opportunity_id": "d", "closed_date": closed}
        core = rows(
            project=[project(**terms)],
            task=[
                task("t", actual_start_date=workday(0), actual_finish_date=PLANNED),
                milestone(actual_finish_date=live),
            ],
            plan_task=[plan("t", workday(0), PLANNED, approved_date=approved, origin=origin)],
            time_entry=[entry("e", workday(1), hours)],
            closeout=[closeout(rating=rating)],
            work_calendar=calendar(days=500),
            fx_rate=fx(),
            feed=feed,
        )
        return collected(computed(core, SUCCESS_PROJECT, TODAY)["success_project"])

    return measure


# On time is live by the last due date of the plan, on budget no more spent than budgeted, well is four of five.
@pytest.mark.parametrize(
    ("given", "state", "parts"),
    [
        ({}, "success", (True, True, True)),
        ({"live": PLANNED - DAY}, "success", (True, True, True)),
        ({"live": PLANNED + DAY}, "failed", (False, True, True)),
        ({"live": None}, "failed", (False, True, True)),  # then the close is the go-live
        ({"hours": 9}, "success", (True, True, True)),
        ({"hours": 11}, "failed", (True, False, True)),
        ({"rating": 5}, "success", (True, True, True)),
        ({"rating": 3}, "failed", (True, True, False)),
        ({"rating": None}, "unknown", (True, True, None)),
        ({"rating": None, "hours": 11}, "unknown", (True, False, None)),
        ({"approved": workday(11)}, "unknown", (None, True, True)),  # a plan first seen over ten working days late
    ],
)
def test_a_success_is_on_time_on_budget_and_rated_well(successes, given, state, parts):
    (found,) = successes(**given)
    assert (found["state"], (found["is_on_time"], found["is_on_budget"], found["is_rated_well"])) == (state, parts)


def test_only_closed_projects_are_judged(successes):
    assert successes(closed=None) == []
    assert successes(closed=TODAY + DAY) == []
    (found,) = successes(closed=TODAY)
    assert (found["closed_date"], found["month"]) == (TODAY, TODAY.replace(day=1))


def test_without_closeouts_the_rating_is_the_missing_input(successes):
    (found,) = successes(rating=None, feed=NEVER_READ)
    assert (found["state"], found["missing_input"], found["is_on_time"]) == ("unknown", "closeout", True)
