from datetime import date, timedelta

import pytest

from tasks.metrics.handoff_form_deal import HANDOFF_FORM_DEAL
from tests.metrics.handoff_rows import CLOSED, FX, NEVER_READ, READ, TODAY, deal, form
from tests.metrics.steps import computed

ELEMENTS = ("goals", "stakeholders", "timeline", "success_metrics", "concerns")


@pytest.fixture
def forms(rows, collected):
    """The rows by deal."""

    def measure(deals, forms=(), feed=READ):
        core = rows(opportunity=deals, handoff_form=list(forms), feed=feed, fx_rate=FX)
        found = collected(computed(core, HANDOFF_FORM_DEAL, TODAY)["handoff_form_deal"])
        assert len({row["opportunity_id"] for row in found}) == len(found)
        return {row["opportunity_id"]: row for row in found}

    return measure


# The content rules: text that is no placeholder, a stakeholder with a role, a date, a measure with a target, and
# concerns that are said, where "none" needs an author.
@pytest.mark.parametrize(
    ("changes", "invalid"),
    [
        ({}, set()),
        ({"goals": None}, {"goals"}),
        ({"goals": "  TBD. "}, {"goals"}),
        ({"expected_outcomes": "N/A"}, {"goals"}),
        ({"goals": "..."}, {"goals"}),
        ({"goals": "月次決算を五日で"}, set()),
        ({"goals": "To be decided"}, {"goals"}),
        ({"goals": "TBD after the merger"}, set()),  # more than a placeholder
        ({"sponsor_role": None}, {"stakeholders"}),
        ({"sponsor_id": None}, {"stakeholders"}),
        ({"sponsor_id": None, "administrator_id": "other", "administrator_role": "Admin"}, set()),
        ({"go_live_target_date": None}, {"timeline"}),
        ({"success_target": None}, {"success_metrics"}),
        ({"success_measure": "-"}, {"success_metrics"}),
        ({"concerns": None}, {"concerns"}),
        ({"concerns": None, "concerns_author_id": "u"}, {"concerns"}),
        ({"concerns": "None."}, {"concerns"}),
        ({"concerns": "None.", "concerns_author_id": "u"}, set()),
        ({"concerns": "No concerns"}, {"concerns"}),
        ({"concerns": "tbd", "concerns_author_id": "u"}, {"concerns"}),
    ],
)
def test_an_element_is_valid_by_its_content(forms, changes, invalid):
    found = forms([deal()], [form(**changes)])["d"]
    assert {name for name in ELEMENTS if not found[f"is_{name}_valid"]} == invalid
    assert found["valid_count"] == 5 - len(invalid)
    assert found["is_complete"] is (not invalid)
    assert found["state"] == ("incomplete" if invalid else "signed")


def test_the_newest_version_known_by_the_day_stands(forms):
    tomorrow = TODAY + timedelta(days=1)
    found = forms(
        [deal()],
        [
            form(number=1, goals=None),
            form(number=2),
            form(number=3, goals=None, recorded_date=tomorrow),
        ],
    )
    assert found["d"]["state"] == "signed"


def test_a_form_is_signed_once_its_day_has_come(forms):
    tomorrow = TODAY + timedelta(days=1)
    deals = [deal("unsigned"), deal("tomorrow"), deal("today")]
    found = forms(
        deals,
        [form("unsigned", signed_date=None), form("tomorrow", signed_date=tomorrow), form("today", signed_date=TODAY)],
    )
    assert {key: row["state"] for key, row in found.items()} == {
        "unsigned": "unsigned",
        "tomorrow": "unsigned",
        "today": "signed",
    }


def test_without_a_form_nothing_is_valid(forms):
    found = forms([deal("never"), deal("withdrawn")], [form("withdrawn"), form("withdrawn", 2, is_withdrawn=True)])
    assert {(key, row["state"], row["valid_count"], row["has_form"]) for key, row in found.items()} == {
        ("never", "none", 0, False),
        ("withdrawn", "none", 0, False),
    }


def test_what_was_never_read_is_unknown_and_named(forms):
    found = forms([deal()], feed=NEVER_READ)["d"]
    assert (found["state"], found["missing_input"]) == ("unknown", "handoff_form")
    assert (found["valid_count"], found["is_complete"], found["is_goals_valid"]) == (None, None, None)


def test_only_won_deals_that_hand_a_customer_over_need_a_form(forms):
    deals = [
        deal("new"),
        deal("renewal", opportunity_type="Renewal"),
        deal("lost", is_won=False),
        deal("tomorrow", close_date=TODAY + timedelta(days=1)),
        deal("today", close_date=TODAY),
        deal("before", close_date=date(2023, 11, 19)),  # policy.yaml: from 20 November 2023 on
        deal("first", close_date=date(2023, 11, 20)),
    ]
    assert set(forms(deals)) == {"new", "today", "first"}


# Tiers of the articles: 25k, 100k, 1M; the boundary belongs to the upper tier (ours).
@pytest.mark.parametrize(
    ("amount", "tier"),
    [
        (24_999_99, "digital"),
        (25_000_00, "mixed"),
        (99_999_99, "mixed"),
        (100_000_00, "high_touch"),
        (999_999_99, "high_touch"),
        (1_000_000_00, "full_team"),
        (None, "unknown"),
    ],
)
def test_the_tier_follows_the_amount(forms, amount, tier):
    found = forms([deal(amount_minor=amount)])["d"]
    assert (found["tier"], found["month"], found["close_date"]) == (tier, date(2026, 6, 1), CLOSED)
