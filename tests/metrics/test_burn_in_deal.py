"""S24: from go-live on, for two weeks, both teams look after the customer; the verdict falls after day 14."""

from datetime import timedelta

import pytest

from tasks.metrics.burn_in_deal import BURN_IN_DEAL
from tests.metrics.contact_rows import TEAM, meeting, message, owner, read, together
from tests.metrics.delivery_rows import LIVE, milestone, project
from tests.metrics.handoff_rows import FX, deal
from tests.metrics.steps import computed

DAY = timedelta(days=1)
VERDICT = LIVE + 14 * DAY
JOINT = meeting("joint", LIVE + 3 * DAY, "builder", "csm", "customer")


@pytest.fixture
def burn_in(rows, collected):
    """The row of the one deal."""

    def measure(*events, team=TEAM, day=VERDICT, absent=(), live=LIVE):
        core = rows(
            opportunity=[deal()],
            project=[project(closed_date=None)],
            task=[milestone(actual_finish_date=live)],
            ownership=team,
            feed=read(*absent),
            fx_rate=FX,
            **together(*events),
        )
        (found,) = collected(computed(core, BURN_IN_DEAL, day)["burn_in_deal"])
        return found

    return measure


def touches(row):
    return row["implementation_touch_count"], row["customer_success_touch_count"]


def test_a_joint_meeting_with_the_customer_counts_for_both(burn_in):
    row = burn_in(JOINT)
    assert (row["state"], *touches(row)) == ("covered", 1, 1)


def test_the_verdict_falls_after_day_14_and_before_it_is_open(burn_in):
    assert burn_in(JOINT, day=VERDICT - DAY)["state"] == "open"
    assert burn_in(day=VERDICT - DAY)["state"] == "open"
    assert burn_in(day=VERDICT)["state"] == "uncovered"
    assert burn_in(day=VERDICT)["burn_in_end_date"] == VERDICT


def test_what_is_not_live_has_no_burn_in(burn_in):
    assert burn_in(JOINT, live=None)["state"] == "none"
    assert burn_in(JOINT, live=VERDICT + DAY)["state"] == "none"


@pytest.mark.parametrize(
    ("days", "counted"),
    [(-1, 0), (0, 1), (13, 1), (14, 0)],  # [go-live, go-live + 14 days)
)
def test_the_window_is_half_open(burn_in, days, counted):
    assert touches(burn_in(meeting("m", LIVE + days * DAY, "csm", "customer"), day=VERDICT + 9 * DAY)) == (0, counted)


def test_one_team_alone_does_not_cover(burn_in):
    row = burn_in(meeting("m", LIVE, "builder", "customer"))
    assert (row["state"], *touches(row)) == ("uncovered", 1, 0)


def test_a_customers_message_counts_for_whom_it_is_written_to(burn_in):
    row = burn_in(message("1", LIVE + DAY, "csm", cc=("seller",)), message("2", LIVE + DAY, "builder", "seller"))
    assert (row["state"], *touches(row)) == ("covered", 1, 1)
    assert touches(burn_in(message("1", LIVE + DAY, "seller", cc=("csm", "builder")))) == (0, 0)


@pytest.mark.parametrize(
    "nothing",
    [
        meeting("m", LIVE + DAY, "builder", "csm"),  # without the customer
        meeting("m", LIVE + DAY, "builder", "csm", "customer", declined=("customer",)),
        meeting("m", LIVE + DAY, "builder", "csm", "customer", outcome="No Show"),
        meeting("m", LIVE + DAY, "builder", "csm", "customer", outcome="Cancelled"),
        meeting("m", LIVE + DAY, "builder", "csm", "customer", account_id="another"),
        meeting("m", LIVE + DAY, "builder", "csm", "customer", declined=("builder", "csm")),
        meeting("m", LIVE + DAY, "engineer", "customer"),  # of neither team
        message("m", LIVE + DAY, "builder", "csm", is_automated=True),
        message("m", LIVE + DAY, "builder", "csm", is_inbound=False),  # ours, without a reply
    ],
)
def test_what_is_no_touch(burn_in, nothing):
    assert touches(burn_in(nothing)) == (0, 0)


def test_a_past_meeting_of_which_nobody_says_otherwise_was_held(burn_in):
    assert burn_in(meeting("m", LIVE + DAY, "builder", "csm", "customer", outcome=None))["state"] == "covered"


def test_a_meeting_still_to_come_is_no_touch(burn_in):
    assert touches(burn_in(meeting("m", LIVE + 5 * DAY, "csm", "customer", outcome=None), day=LIVE + 4 * DAY)) == (0, 0)


def test_both_teams_must_be_assigned_in_the_window(burn_in):
    builder, csm = TEAM[1], TEAM[2]
    stand_in = owner("csm", "another")  # of the team, but at another customer
    row = burn_in(JOINT, team=[builder, stand_in])
    assert (row["state"], row["customer_success_assigned_count"], *touches(row)) == ("uncovered", 0, 1, 1)
    for given, state in (
        ({"start_date": VERDICT - DAY}, "covered"),
        ({"start_date": VERDICT}, "uncovered"),
        ({"end_date": LIVE + DAY}, "covered"),
        ({"end_date": LIVE}, "uncovered"),
    ):
        assert burn_in(JOINT, team=[builder, stand_in, {**csm, **given}])["state"] == state, given


def test_what_is_seen_covers_and_what_is_not_is_unknown_while_an_input_is_missing(burn_in):
    assert burn_in(JOINT, absent=("message", "message_party"))["state"] == "covered"
    row = burn_in(meeting("m", LIVE, "builder", "customer"), absent=("message",))
    assert (row["state"], row["missing_input"]) == ("unknown", "message")
    assert burn_in(team=[], absent=("ownership", "meeting"))["missing_input"] == "ownership"
    assert burn_in(JOINT, absent=("message",), day=VERDICT - DAY)["state"] == "open"
