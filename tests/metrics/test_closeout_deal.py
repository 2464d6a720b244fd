from datetime import timedelta

import pytest

from tasks.metrics.closeout_deal import CLOSEOUT_DEAL
from tests.metrics.delivery_rows import CLOSED, SIGNED, closeout, deliverable, project
from tests.metrics.handoff_rows import FX, NEVER_READ, READ, TODAY, deal
from tests.metrics.steps import computed

DAY = timedelta(days=1)
LISTED = (deliverable(),)


@pytest.fixture
def closeouts(rows, collected):
    """The row of the one deal, whose delivery is closed unless told."""

    def measure(*closeouts, deliverables=LISTED, closed=CLOSED, amount=30_000_00, feed=READ):
        core = rows(
            opportunity=[deal(amount_minor=amount)],
            project=[project(closed_date=closed)],
            closeout=list(closeouts),
            deliverable=list(deliverables),
            feed=feed,
            fx_rate=FX,
        )
        (found,) = collected(computed(core, CLOSEOUT_DEAL, TODAY)["closeout_deal"])
        return found

    return measure


# All three parties, every deliverable, next steps, and a dated sign-off with its document.
@pytest.mark.parametrize(
    ("changes", "deliverables", "lacking"),
    [
        ({}, [deliverable()], set()),
        ({}, [deliverable(), deliverable("2")], set()),
        ({"has_customer": False}, [deliverable()], {"is_attended"}),
        ({"has_implementation": False}, [deliverable()], {"is_attended"}),
        ({"has_customer_success": False}, [deliverable()], {"is_attended"}),
        ({}, [deliverable(), deliverable("2", validated_date=None)], {"is_validated"}),
        ({}, [deliverable(), deliverable("2", validated_date=TODAY + DAY)], {"is_validated"}),
        ({}, [], {"is_validated"}),
        ({"next_steps": "TBD"}, [deliverable()], {"has_next_steps"}),
        ({"next_steps": None}, [deliverable()], {"has_next_steps"}),
        ({"signed_date": None}, [deliverable()], {"is_signed_off"}),
        ({"signed_date": TODAY + DAY}, [deliverable()], {"is_signed_off"}),
        ({"document": None}, [deliverable()], {"is_signed_off"}),
    ],
)
def test_a_closeout_is_whole_or_says_what_it_lacks(closeouts, changes, deliverables, lacking):
    found = closeouts(closeout(**changes), deliverables=deliverables, closed=None)
    parts = ("is_attended", "is_validated", "has_next_steps", "is_signed_off")
    assert {name for name in parts if not found[name]} == lacking
    assert (found["is_complete"], found["state"]) == (not lacking, "incomplete" if lacking else "complete")


def test_the_deliverables_are_counted(closeouts):
    found = closeouts(closeout(), deliverables=[deliverable(), deliverable("2", validated_date=None)])
    assert (found["deliverable_count"], found["validated_count"]) == (2, 1)


@pytest.mark.parametrize(
    ("changes", "closed", "state"),
    [
        ({}, CLOSED, "complete"),
        ({"has_customer": False}, CLOSED, "incomplete"),
        ({"signed_date": None}, CLOSED, "closed_unsigned"),
        ({"document": None}, CLOSED, "closed_unsigned"),
        ({"meeting_date": TODAY + DAY, "signed_date": None}, CLOSED, "closed_unsigned"),
        ({"meeting_date": TODAY + DAY, "signed_date": None}, None, "none"),
        ({"signed_date": None}, TODAY + DAY, "incomplete"),
    ],
)
def test_a_delivery_closed_without_a_sign_off_is_named(closeouts, changes, closed, state):
    found = closeouts(closeout(**changes), closed=closed)
    assert (found["state"], found["is_closed_unsigned"]) == (state, state == "closed_unsigned")


def test_without_any_closeout(closeouts):
    assert closeouts(closed=None)["state"] == "none"
    assert closeouts()["state"] == "closed_unsigned"


def test_the_newest_closeout_held_counts(closeouts):
    first = closeout(closeout_id="1", meeting_date=SIGNED - DAY, signed_date=None)
    planned = closeout(closeout_id="3", meeting_date=TODAY + DAY, signed_date=None)
    found = closeouts(first, closeout(), planned, closed=None)
    assert (found["state"], found["closeout_id"]) == ("complete", "closeout of d")


def test_a_sign_off_without_a_meeting_is_a_closeout_that_nobody_attended(closeouts):
    nobody = {"has_customer": False, "has_implementation": False, "has_customer_success": False}
    found = closeouts(closeout(meeting_date=None, **nobody))
    assert (found["state"], found["is_signed_off"], found["is_attended"]) == ("incomplete", True, False)


@pytest.mark.parametrize(
    ("amount", "state"), [(24_999_99, "complete"), (25_000_00, "incomplete"), (None, "incomplete")]
)
def test_a_tier_whose_plan_has_no_closeout_meeting_needs_nobody_there(closeouts, amount, state):
    """policy.yaml: the digital tier does without the meeting, never without the sign-off."""
    assert closeouts(closeout(has_customer=False), amount=amount)["state"] == state
    assert closeouts(closeout(signed_date=None), amount=amount)["state"] == "closed_unsigned"


def test_closeouts_never_read_are_unknown_and_named(closeouts):
    found = closeouts(feed=NEVER_READ)
    assert (found["state"], found["missing_input"]) == ("unknown", "closeout")
    assert (found["is_signed_off"], found["is_closed_unsigned"], found["is_delivered"]) == (None, None, None)


def test_without_deliverables_only_what_hangs_on_them_is_unknown(closeouts):
    feed = [one for one in READ if one["feed_id"] != "deliverable"] + [{"feed_id": "deliverable", "is_read": False}]
    found = closeouts(closeout(), deliverables=[], feed=feed)
    assert (found["state"], found["missing_input"]) == ("unknown", "deliverable")
    assert (found["is_validated"], found["is_complete"], found["is_signed_off"]) == (None, None, True)
    assert closeouts(closeout(signed_date=None), deliverables=[], feed=feed)["state"] == "closed_unsigned"
