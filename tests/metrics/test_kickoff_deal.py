from datetime import date, timedelta

import pytest

from tasks.metrics.kickoff_deal import KICKOFF_DEAL
from tests.metrics.handoff_rows import FX, NEVER_READ, READ, TODAY, deal, kickoff
from tests.metrics.steps import computed

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def kickoffs(rows, collected):
    """The row of the one deal."""

    def measure(*kickoffs, feed=READ):
        core = rows(opportunity=[deal()], kickoff=list(kickoffs), feed=feed, fx_rate=FX)
        (found,) = collected(computed(core, KICKOFF_DEAL, TODAY)["kickoff_deal"])
        return found

    return measure


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "confirmed"),
        ({"goals_answer": "changed"}, "changed"),
        ({"goals_answer": None}, "unconfirmed"),
        ({"is_goals_shown": False}, "unconfirmed"),  # an answer to what was not shown settles nothing
        ({"answered_date": TOMORROW}, "unconfirmed"),
        ({"answered_date": TODAY}, "confirmed"),
        ({"is_template_used": False}, "no_template"),
        ({"held_date": None}, "none"),
        ({"held_date": TOMORROW}, "none"),
        ({"held_date": TODAY}, "confirmed"),
    ],
)
def test_the_state_of_a_kickoff(kickoffs, changes, state):
    assert kickoffs(kickoff(**changes))["state"] == state


def test_a_deal_without_a_kickoff_is_told(kickoffs):
    found = kickoffs()
    assert (found["state"], found["held_date"], found["missing_input"]) == ("none", None, None)


def test_the_newest_kickoff_held_counts(kickoffs):
    found = kickoffs(
        kickoff(kickoff_id="1", goals_answer="confirmed"),
        kickoff(kickoff_id="2", held_date=TODAY, goals_answer="changed"),
        kickoff(kickoff_id="3", held_date=TOMORROW, goals_answer=None),
    )
    assert (found["state"], found["held_date"]) == ("changed", date(2026, 6, 24))


def test_what_was_never_read_is_unknown_and_named(kickoffs):
    found = kickoffs(feed=NEVER_READ)
    assert (found["state"], found["missing_input"]) == ("unknown", "kickoff")
