from datetime import date

import pytest

from tasks.metrics.training_readiness_project import TRAINING_READINESS_PROJECT
from tests.metrics.live_rows import TODAY, company, feed, project, training
from tests.metrics.steps import computed

CLOSED, BEFORE, AFTER = date(2026, 6, 10), date(2026, 6, 10), date(2026, 6, 11)


@pytest.fixture
def readiness(rows, collected):
    """The row of the one project."""

    def measure(*trainings, closed=None, **given):
        core = rows(**company(project=[project(closed_date=closed)], training=list(trainings), **given))
        found = collected(computed(core, TRAINING_READINESS_PROJECT, TODAY)["training_readiness_project"])
        return found[0]

    return measure


@pytest.mark.parametrize(
    ("days", "closed", "state", "counts"),
    [
        ([], None, "none", (0, 0, 0)),
        ([], CLOSED, "none", (0, 0, 0)),
        ([BEFORE, BEFORE], None, "ready", (2, 2, 2)),
        ([BEFORE, None], None, "open", (2, 1, 1)),
        ([BEFORE, BEFORE], CLOSED, "ready", (2, 2, 2)),
        ([BEFORE, AFTER], CLOSED, "untrained", (2, 2, 1)),  # trained, but a day too late
        ([BEFORE, None], CLOSED, "untrained", (2, 1, 1)),
        ([BEFORE, date(2026, 6, 25)], None, "open", (2, 1, 1)),  # tomorrow's is not known today
        ([None], date(2026, 6, 25), "open", (1, 0, 0)),
    ],
)
def test_operators_are_trained_before_the_sign_off(readiness, days, closed, state, counts):
    found = readiness(*(training(f"o{number}", day) for number, day in enumerate(days)), closed=closed)
    assert found["state"] == state
    assert (found["required_count"], found["trained_count"], found["trained_in_time_count"]) == counts
    assert found["trained_ratio"] == (counts[2] / counts[0] if counts[0] else None)


def test_trainings_that_are_not_required_do_not_count(readiness):
    found = readiness(training("one", BEFORE), training("two", is_required=False), closed=CLOSED)
    assert (found["state"], found["required_count"]) == ("ready", 1)


def test_without_training_records_nothing_is_known(readiness):
    found = readiness(feed=feed(training=False))
    assert (found["state"], found["required_count"], found["trained_ratio"]) == ("unknown", None, None)
    assert found["missing_input"] == "training"
