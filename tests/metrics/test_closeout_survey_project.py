from datetime import date, timedelta

import pytest

from tasks.metrics.closeout_survey_project import CLOSEOUT_SURVEY_PROJECT
from tests.metrics.live_rows import TODAY, company, feed, project, survey
from tests.metrics.steps import computed

CLOSED = date(2026, 6, 12)


@pytest.fixture
def closeout(rows, collected):
    """The row of the one project, or none."""

    def measure(*surveys, closed=CLOSED, **given):
        core = rows(**company(project=[project(closed_date=closed)], survey=list(surveys), **given))
        found = collected(computed(core, CLOSEOUT_SURVEY_PROJECT, TODAY)["closeout_survey_project"])
        return found[0] if found else None

    return measure


@pytest.mark.parametrize(
    ("after", "state"),
    [(0, "in_time"), (1, "in_time"), (2, "late"), (12, "late"), (13, "missing"), (-1, "in_time"), (-2, "missing")],
)
def test_a_survey_is_sent_within_a_day_of_the_close(closeout, after, state):
    found = closeout(survey("s", sent_date=CLOSED + timedelta(days=after)))
    assert found["state"] == state
    assert found["sent_after_days"] == (None if state == "missing" else after)


@pytest.mark.parametrize(("days_ago", "state"), [(0, "due"), (1, "due"), (2, "missing")])
def test_there_is_a_day_to_send_it(closeout, days_ago, state):
    found = closeout(closed=TODAY - timedelta(days=days_ago))
    assert (found["state"], found["closed_since_days"]) == (state, days_ago)


def test_the_first_survey_counts_and_others_are_no_closeout(closeout):
    found = closeout(
        survey("early", sent_date=CLOSED - timedelta(days=30)),
        survey("nps", "nps", sent_date=CLOSED + timedelta(days=1)),
        survey("csat", sent_date=CLOSED + timedelta(days=4)),
        survey("go-live", sent_date=CLOSED, occasion="go_live"),
        survey("other", sent_date=CLOSED, project_id="q"),
    )
    assert (found["state"], found["sent_date"]) == ("in_time", CLOSED + timedelta(days=1))


def test_an_open_project_has_no_row(closeout):
    assert closeout(closed=None) is None
    assert closeout(closed=TODAY + timedelta(days=1)) is None


def test_without_surveys_nothing_is_known(closeout):
    found = closeout(feed=feed(survey=False))
    assert (found["state"], found["missing_input"]) == ("unknown", "survey")
