"""The policy file: the handoff's rules are read, and a file that breaks them is refused with the key and the remedy."""

import copy
from pathlib import Path

import pytest
import yaml

from config.policy import ROOT, policy
from config.tiers import TIERS
from tasks.errors import ConfigError


@pytest.fixture
def refused(tmp_path):
    """The message with which a changed policy file is refused."""

    def read(change) -> str:
        content = copy.deepcopy(yaml.safe_load((ROOT / "config" / "policy.yaml").read_text()))
        change(content)
        path = Path(tmp_path / "policy.yaml")
        path.write_text(yaml.safe_dump(content))
        with pytest.raises(ConfigError) as error:
            policy(path)
        return str(error.value)

    return read


def test_the_windows_are_those_of_the_articles():
    handoff = policy().handoff
    assert (handoff.sales_responsibility_days, handoff.burn_in_days, handoff.quiet_days) == (30, 14, 30)
    tiers = policy().tiers
    assert (tiers.mixed_from_amount, tiers.high_touch_from_amount, tiers.full_team_from_amount) == (
        25_000,
        100_000,
        1_000_000,
    )


def test_a_smaller_tier_keeps_less_and_all_keep_what_is_critical():
    touchpoints = policy().touchpoints
    kept = [touchpoints.of(tier) for tier in TIERS]
    assert kept[0] < kept[1] < kept[2] < kept[3]
    assert kept[3] == {touchpoint.name for touchpoint in touchpoints.plan}
    assert {"handoff_form", "kickoff", "debrief", "sign_off"} <= kept[0]


def test_a_lower_tier_may_not_have_what_a_higher_one_lacks(refused):
    message = refused(lambda file: file["touchpoints"]["removed"]["mixed"].append("survey"))
    assert "tier digital keeps survey, which mixed does without" in message


def test_critical_information_stays(refused):
    message = refused(lambda file: file["touchpoints"]["removed"]["digital"].append("debrief"))
    assert "removed.digital takes debrief, which hands over critical information: keep it" in message


def test_only_what_is_planned_can_be_removed(refused):
    message = refused(lambda file: file["touchpoints"]["removed"]["digital"].append("lunch"))
    assert "removed.digital names lunch, which plan does not have" in message


def test_a_touchpoint_stands_once(refused):
    message = refused(lambda file: file["touchpoints"]["plan"].append({"name": "survey"}))
    assert "plan names survey twice" in message


@pytest.mark.parametrize(
    ("section", "key", "value", "words"),
    [
        ("tiers", "mixed_from_amount", 100_000, "rising amounts"),
        ("handoff", "burn_in_days", 0, "handoff.burn_in_days"),
        ("handoff", "deal_types", [], "handoff.deal_types"),
        ("handoff", "placeholders", ["T.B.D."], "handoff.placeholders"),
        ("handoff", "go_live_milestones", ["Go-live"], "handoff.go_live_milestones"),
        ("handoff", "applies_from", "soon", "handoff.applies_from"),
        ("handoff", "applys_from", 1, "handoff.applys_from is not a known key"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(refused, section, key, value, words):
    assert words in refused(lambda file: file[section].__setitem__(key, value))


def test_a_word_of_a_ticket_system_has_one_meaning(refused):
    message = refused(lambda file: file["support"]["strategic_types"].append("training"))
    assert "training stands in two lists: keep one meaning" in message
    message = refused(lambda file: file["support"]["success_teams"].append("support"))
    assert "support stands in two lists: keep one meaning" in message
