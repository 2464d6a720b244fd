from datetime import date

import pytest

from tasks.metrics.handoff_monthly import HANDOFF_MONTHLY
from tests.metrics.handoff_rows import FX, NEVER_READ, READ, TODAY, deal, form, kickoff
from tests.metrics.steps import computed


@pytest.fixture
def months(rows, collected):
    """The rows by month and tier."""

    def measure(deals, forms, kickoffs, feed=READ):
        core = rows(opportunity=deals, handoff_form=forms, kickoff=kickoffs, feed=feed, fx_rate=FX)
        found = collected(computed(core, HANDOFF_MONTHLY, TODAY)["handoff_monthly"])
        return {(row["month"], row["tier"]): row for row in found}

    return measure


def test_the_deals_of_a_month_are_counted_by_tier(months):
    deals = [deal("1"), deal("2"), deal("3"), deal("4"), deal("large", amount_minor=2_000_000_00)]
    forms = [form("1"), form("2", signed_date=None), form("3", goals=None), form("large")]
    kickoffs = [kickoff("1"), kickoff("2", goals_answer="changed"), kickoff("3", goals_answer=None)]
    found = months(deals, forms, kickoffs)
    june = date(2026, 6, 1)
    assert set(found) == {(june, "mixed"), (june, "full_team")}
    mixed = found[june, "mixed"]
    counts = ("deal_count", "goals_count", "timeline_count", "complete_count", "signed_count", "kickoff_count")
    assert [mixed[name] for name in counts] == [4, 2, 3, 2, 1, 3]
    assert (mixed["goals_settled_count"], mixed["complete_pct"], mixed["goals_settled_pct"]) == (2, 50.0, 50.0)
    assert found[june, "full_team"]["complete_pct"] == 100.0
    assert found[june, "full_team"]["kickoff_count"] == 0


def test_what_was_never_read_is_null_and_the_deals_are_still_counted(months):
    (found,) = months([deal()], [], [], feed=[NEVER_READ[0], READ[1]]).values()
    assert (found["deal_count"], found["complete_count"], found["signed_count"], found["complete_pct"]) == (
        1,
        None,
        None,
        None,
    )
    assert (found["kickoff_count"], found["goals_settled_pct"]) == (0, 0.0)


def test_kickoffs_never_read_are_null_too(months):
    (found,) = months([deal()], [form()], [], feed=NEVER_READ[1:] + READ[:1]).values()
    assert (found["deal_count"], found["signed_count"]) == (1, 1)
    assert (found["kickoff_count"], found["goals_settled_count"], found["goals_settled_pct"]) == (None, None, None)
