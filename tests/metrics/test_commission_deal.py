"""S22: pending → held → released | overridden | void, as the rulings have it."""

from datetime import date, timedelta

import pytest

from tasks.metrics.commission_deal import COMMISSION_DEAL
from tests.metrics.handoff_rows import CLOSED, FX, NEVER_READ, READ, TODAY, commission, deal, form
from tests.metrics.steps import computed

DAY = timedelta(days=1)
INCOMPLETE = {"goals": "tbd"}


@pytest.fixture
def commissions(rows, collected):
    """The rows by deal."""

    def measure(deals, forms=(), payouts=(), feed=READ, day=TODAY):
        core = rows(opportunity=list(deals), handoff_form=list(forms), commission=list(payouts), feed=feed, fx_rate=FX)
        found = collected(computed(core, COMMISSION_DEAL, day)["commission_deal"])
        return {row["opportunity_id"]: row for row in found}

    return measure


@pytest.fixture
def state(commissions):
    """State and reason of the one deal."""

    def measure(*forms, day=TODAY, payouts=(), **given):
        row = commissions([deal(**given)], forms, payouts, day=day)["d"]
        return row["state"], row["reason"]

    return measure


def test_an_open_deal_whose_form_is_begun_is_pending(state):
    assert state(form(), is_won=False, is_closed=False, close_date=TODAY + DAY) == ("pending", None)
    assert state(form(), close_date=TODAY + DAY) == ("pending", None)  # won only tomorrow


@pytest.mark.parametrize(
    ("forms", "reason"),
    [
        ([], "no_form"),
        ([form(**INCOMPLETE)], "incomplete"),
        ([form(signed_date=None)], "unsigned"),
        ([form(signed_date=TODAY + DAY)], "unsigned"),
        ([form(is_withdrawn=True)], "withdrawn"),
    ],
)
def test_a_won_deal_is_held_for_a_reason(state, forms, reason):
    assert state(*forms) == ("held", reason)


def test_it_is_released_when_five_elements_are_valid_and_signed(commissions):
    row = commissions([deal()], [form(**INCOMPLETE, signed_date=None), form(number=2, recorded_date=CLOSED + 6 * DAY)])
    assert (row["d"]["state"], row["d"]["released_version_id"]) == ("released", "d:2")
    assert (row["d"]["released_date"], row["d"]["is_edited_after_release"]) == (CLOSED + 6 * DAY, False)


def test_a_form_ready_before_the_close_releases_on_the_close(commissions):
    row = commissions([deal()], [form(recorded_date=CLOSED - 5 * DAY, signed_date=CLOSED - 4 * DAY)])["d"]
    assert (row["state"], row["released_date"]) == ("released", CLOSED)


def test_it_is_released_once_and_a_later_edit_only_flags_it(commissions):
    forms = [form(), form(number=2, recorded_date=CLOSED + DAY, **INCOMPLETE)]
    row = commissions([deal()], forms)["d"]
    assert (row["state"], row["released_date"], row["is_edited_after_release"]) == ("released", CLOSED, True)
    forms.append(form(number=3, recorded_date=CLOSED + 2 * DAY))
    row = commissions([deal()], forms)["d"]
    assert (row["released_date"], row["released_version_id"]) == (CLOSED, "d:1")


def test_a_form_that_lost_its_elements_before_the_close_releases_nothing(state):
    whole = form(recorded_date=CLOSED - 9 * DAY, signed_date=CLOSED - 9 * DAY)
    assert state(whole, form(number=2, recorded_date=CLOSED - 5 * DAY, **INCOMPLETE)) == ("held", "incomplete")


def test_an_older_day_knows_nothing_of_later_versions(state):
    forms = [form(**INCOMPLETE), form(number=2, recorded_date=TODAY)]
    assert state(*forms, day=TODAY - DAY) == ("held", "incomplete")
    assert state(*forms) == ("released", None)


def test_an_override_needs_who_and_why(commissions, state):
    row = commissions([deal()], payouts=[commission(**OVERRIDDEN)])["d"]
    assert (row["state"], row["overridden_by_id"], row["override_reason"]) == ("overridden", "user", "Strategic deal")
    for missing in ("overridden_by_id", "override_reason"):
        assert state(payouts=[commission(**(OVERRIDDEN | {missing: None}))]) == ("held", "no_form")
    assert state(payouts=[commission(**(OVERRIDDEN | {"override_date": TODAY + DAY}))]) == ("held", "no_form")


OVERRIDDEN = {"override_date": CLOSED + 2 * DAY, "overridden_by_id": "user", "override_reason": "Strategic deal"}


def test_what_came_first_stands(state):
    late = form(recorded_date=CLOSED + 3 * DAY)
    assert state(late, payouts=[commission(**OVERRIDDEN)])[0] == "overridden"
    assert state(form(), payouts=[commission(**OVERRIDDEN)])[0] == "released"


def test_a_lost_deal_and_a_cancelled_payout_are_void(state):
    assert state(form(), is_won=False) == ("void", "deal_lost")
    assert state(form(), payouts=[commission(is_cancelled=True)]) == ("void", "payout_cancelled")
    assert state(payouts=[commission(is_cancelled=True), commission("2")]) == ("held", "no_form")


def test_a_deal_lost_or_open_without_a_form_is_not_listed(commissions):
    assert commissions([deal(is_won=False), deal("e", is_won=False, is_closed=False)]) == {}


def test_renewals_hand_nobody_over(commissions):
    assert commissions([deal(opportunity_type="Renewal")], [form()]) == {}


def test_the_amount_held_is_the_payout_while_it_is_held(commissions):
    deals = [deal("held"), deal("released"), deal("void"), deal("none"), deal("split"), deal("priceless")]
    payouts = [
        commission("held"),
        commission("released"),
        commission("void", is_cancelled=True),
        commission("split"),
        commission("more", opportunity_id="split", amount_minor=50_00, payable_date=date(2026, 8, 31)),
        commission("gone", opportunity_id="split", is_cancelled=True),
        commission("priceless", amount_minor=None),
    ]
    found = commissions(deals, [form("released")], payouts)
    amounts = {key: (row["payout_minor"], row["held_minor"], row["payable_date"]) for key, row in found.items()}
    july, august = date(2026, 7, 31), date(2026, 8, 31)
    assert amounts == {
        "held": (900_00, 900_00, july),
        "released": (900_00, 0, july),
        "void": (0, 0, None),
        "none": (None, None, None),
        "split": (950_00, 950_00, august),
        "priceless": (None, None, july),
    }


def test_without_any_form_ever_read_nothing_is_held_or_released(commissions):
    row = commissions([deal()], payouts=[commission()], feed=NEVER_READ)["d"]
    assert (row["state"], row["missing_input"], row["held_minor"]) == ("unknown", "handoff_form", 0)
