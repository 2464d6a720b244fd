from datetime import date, timedelta

import pytest

from tasks.metrics.quiet_account import QUIET_ACCOUNT
from tests.metrics.live_rows import LIVE, TODAY, company, feed, line, milestone, others, training, use
from tests.metrics.steps import computed


@pytest.fixture
def quiet(rows, collected):
    """The row of the one account, or none."""

    def measure(**given):
        core = rows(**company(**given))
        found = collected(computed(core, QUIET_ACCOUNT, TODAY)["quiet_account"])
        return next((row for row in found if row["account_id"] == "a"), None)

    return measure


@pytest.mark.parametrize(("days_ago", "state"), [(0, "active"), (29, "active"), (30, "quiet"), (31, "quiet")])
def test_thirty_days_without_activity_are_quiet(quiet, days_ago, state):
    found = quiet(usage_day=[use(days_ago), others()])
    assert (found["state"], found["quiet_days"], found["is_quiet"]) == (state, days_ago, state == "quiet")


def test_an_account_that_never_did_anything_counts_from_go_live(quiet):
    found = quiet(usage_day=[others()])
    assert (found["last_activity_date"], found["quiet_days"]) == (None, (TODAY - LIVE).days)
    assert found["state"] == "quiet"


def test_activity_before_go_live_does_not_start_the_clock_earlier(quiet):
    late = milestone(actual_finish_date=TODAY - timedelta(days=29))
    assert quiet(task=[late], usage_day=[use(80), others()])["state"] == "active"


@pytest.mark.parametrize("people", [{"user_type": "vendor"}, {"user_type": "test"}, {"active_users": 0}])
def test_vendor_and_test_users_and_nobody_are_no_activity(quiet, people):
    found = quiet(usage_day=[use(40), use(1, **people), others()])
    assert (found["state"], found["quiet_days"]) == ("quiet", 40)


@pytest.mark.parametrize(("age", "state"), [(2, "quiet"), (3, "stale")])
def test_a_stale_feed_says_nothing(quiet, age, state):
    found = quiet(usage_day=[use(40), others(age)])
    assert (found["state"], found["is_quiet"], found["usage_date"]) == (
        state, True if state == "quiet" else None, TODAY - timedelta(days=age)
    )  # fmt: skip


def test_use_after_the_day_is_not_known_yet(quiet):
    assert quiet(usage_day=[use(35), use(-1), others()])["quiet_days"] == 35


def test_an_account_before_go_live_has_no_row(quiet):
    assert quiet(task=[milestone(actual_finish_date=TODAY + timedelta(days=1))], usage_day=[others()]) is None


def test_who_pays_nothing_any_more_is_a_former_customer(quiet):
    gone = line(end_date=date(2026, 5, 20), cancel_notice_date=date(2026, 5, 6), is_renewal_lost=True)
    found = quiet(subscription=[gone], usage_day=[use(40), others()])
    assert (found["state"], found["is_quiet"], found["severity"], found["product_count"]) == ("former", False, None, 0)


@pytest.mark.parametrize(
    ("trainings", "severity"),
    [
        ([], "warning"),
        ([training("one", LIVE)], "warning"),
        ([training("one", LIVE), training("two")], "error"),
        ([training("one", LIVE), training("two", is_required=False)], "warning"),
        ([training("one", TODAY + timedelta(days=1))], "error"),
    ],
)
def test_silence_is_worse_where_training_is_incomplete(quiet, trainings, severity):
    assert quiet(usage_day=[use(40), others()], training=trainings)["severity"] == severity
    assert quiet(usage_day=[use(4), others()], training=trainings)["severity"] is None


def test_products_that_nobody_uses_are_counted(quiet):
    found = quiet(subscription=[line(), line("Sensor")], usage_day=[use(4), use(40, "Sensor"), others()])
    assert (found["state"], found["product_count"], found["orphan_product_count"]) == ("active", 2, 1)


def test_without_usage_nothing_is_known_but_training_is(quiet):
    found = quiet(training=[training("one")], feed=feed(usage_day=False))
    assert (found["state"], found["is_quiet"], found["quiet_days"]) == ("unknown", None, None)
    assert (found["missing_input"], found["required_count"], found["is_training_complete"]) == ("usage_day", 1, False)


def test_without_training_records_silence_is_still_a_warning(quiet):
    found = quiet(usage_day=[use(40), others()], feed=feed(training=False))
    assert (found["state"], found["severity"], found["is_training_complete"]) == ("quiet", "warning", None)
