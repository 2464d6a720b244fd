from datetime import timedelta

import pytest

from tasks.metrics.debrief_deal import DEBRIEF_DEAL
from tests.metrics.delivery_rows import SIGNED, closeout, debrief
from tests.metrics.handoff_rows import FX, NEVER_READ, READ, TODAY, deal
from tests.metrics.steps import computed

DAY = timedelta(days=1)


@pytest.fixture
def debriefs(rows, collected):
    """The row of the one deal."""

    def measure(*debriefs, closeouts=(), feed=READ):
        core = rows(opportunity=[deal()], debrief=list(debriefs), closeout=list(closeouts), feed=feed, fx_rate=FX)
        (found,) = collected(computed(core, DEBRIEF_DEAL, TODAY)["debrief_deal"])
        return found

    return measure


# Before the day of the final sign-off, and all three said; the placeholder rule is the handoff form's.
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "complete"),
        ({"held_date": SIGNED - DAY}, "complete"),
        ({"held_date": SIGNED}, "late"),
        ({"held_date": SIGNED + DAY}, "late"),
        ({"sentiment": None}, "incomplete"),
        ({"workarounds": " N/A. "}, "incomplete"),
        ({"executive_goals": "To be decided"}, "incomplete"),
        ({"executive_goals": "..."}, "incomplete"),
        ({"workarounds": "TBD by the vendor in May"}, "complete"),
        ({"sentiment": None, "held_date": SIGNED}, "incomplete"),
        ({"held_date": None}, "missed"),
        ({"held_date": TODAY + DAY}, "missed"),
    ],
)
def test_a_debrief_says_all_three_before_the_sign_off(debriefs, changes, state):
    found = debriefs(debrief(**changes), closeouts=[closeout()])
    assert found["state"] == state
    assert (found["is_signed_off"], found["signoff_date"]) == (True, SIGNED)
    assert (found["is_in_time"], found["is_debriefed"]) == (state == "complete", state == "complete")


def test_what_is_said_is_told_apart(debriefs):
    found = debriefs(debrief(workarounds="tbd"), closeouts=[closeout()])
    said = ("is_sentiment_said", "is_workarounds_said", "is_executive_goals_said", "is_complete")
    assert [found[name] for name in said] == [True, False, True, False]


@pytest.mark.parametrize(
    ("debriefs_held", "closeouts", "state"),
    [
        ([], [], "none"),
        ([], [closeout(meeting_date=TODAY + 30 * DAY, signed_date=None)], "due"),  # scheduled, and no debrief
        ([], [closeout(signed_date=None)], "due"),
        ([], [closeout(signed_date=TODAY + DAY)], "due"),
        ([], [closeout()], "missed"),
        ([debrief()], [], "complete"),
        ([debrief()], [closeout(meeting_date=TODAY + 30 * DAY, signed_date=None)], "complete"),
    ],
)
def test_before_a_sign_off_a_debrief_is_due_once_a_meeting_is_scheduled(debriefs, debriefs_held, closeouts, state):
    found = debriefs(*debriefs_held, closeouts=closeouts)
    assert (found["state"], found["is_debriefed"]) == (state, False)


def test_the_final_sign_off_counts(debriefs):
    closeouts = [closeout(), closeout(closeout_id="2", signed_date=SIGNED + DAY)]
    assert debriefs(debrief(held_date=SIGNED), closeouts=closeouts)["state"] == "complete"


def test_the_newest_debrief_in_time_counts_else_the_newest(debriefs):
    early, empty = debrief(), debrief(debrief_id="2", held_date=SIGNED + DAY, sentiment=None)
    found = debriefs(early, empty, closeouts=[closeout()])
    assert (found["state"], found["held_date"]) == ("complete", early["held_date"])
    found = debriefs(debrief(held_date=SIGNED), empty, closeouts=[closeout()])
    assert (found["state"], found["held_date"]) == ("incomplete", SIGNED + DAY)


@pytest.mark.parametrize("missing", ["debrief", "closeout"])
def test_what_was_never_read_is_unknown_and_named(debriefs, missing):
    feed = [one for one in READ if one["feed_id"] != missing] + [one for one in NEVER_READ if one["feed_id"] == missing]
    found = debriefs(debrief(), closeouts=[closeout()], feed=feed)
    assert (found["state"], found["missing_input"], found["is_in_time"]) == ("unknown", missing, None)
