from datetime import date

import pytest

from tasks.metrics.closing_monthly import CLOSING_MONTHLY
from tests.metrics.delivery_rows import (
    STARTED,
    closeout,
    debrief,
    deliverable,
    item,
    milestone,
    project,
    promise,
    success_plan,
)
from tests.metrics.handoff_rows import FX, NEVER_READ, READ, TODAY, deal
from tests.metrics.steps import computed

JUNE = date(2026, 6, 1)


@pytest.fixture
def months(rows, collected):
    """The rows by month and tier: of three deals one is whole, one closed with nothing, one was never delivered."""

    def measure(feed=READ):
        core = rows(
            opportunity=[deal("whole"), deal("bare"), deal("sold"), deal("large", amount_minor=2_000_000_00)],
            project=[project("p", "whole"), project("q", "bare")],
            task=[milestone("m", "p")],
            debrief=[debrief("whole")],
            closeout=[closeout("whole")],
            deliverable=[deliverable(deal="whole")],
            checklist_item=[item(deal="whole")],
            promise=[
                promise(deal="whole"),
                promise("2", "bare", task_id=None),
                promise("3", "sold", mapped_date=STARTED),
            ],
            success_plan=[success_plan("whole")],
            feed=feed,
            fx_rate=FX,
        )
        found = collected(computed(core, CLOSING_MONTHLY, TODAY)["closing_monthly"])
        return {(row["month"], row["tier"]): row for row in found}

    return measure


def test_the_deals_of_a_month_are_counted_by_tier(months):
    found = months()
    assert set(found) == {(JUNE, "mixed"), (JUNE, "full_team")}
    counts = {name: value for name, value in found[JUNE, "mixed"].items() if name.endswith(("_count", "_pct"))}
    assert counts == {
        "deal_count": 3,
        "delivered_count": 2,
        "closeout_count": 1,
        "signed_off_count": 1,
        "closed_unsigned_count": 1,
        "final_count": 1,
        "debriefed_count": 1,
        "debriefed_pct": 100.0,
        "advance_count": 4,
        "advanced_unsigned_count": 3,  # the whole deal has no checklist to customer success either
        "live_count": 2,
        "planned_in_time_count": 1,
        "planned_in_time_pct": 50.0,
        "promised_count": 3,
        "mapped_count": 1,
        "unmapped_count": 1,
        "mapped_pct": pytest.approx(100 / 3),
    }
    assert found[JUNE, "full_team"]["promised_count"] == 0
    assert found[JUNE, "full_team"]["mapped_pct"] is None


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("debrief", {"final_count", "debriefed_count", "debriefed_pct"}),
        ("deliverable", {"closeout_count"}),
        ("checklist_item", {"advance_count", "advanced_unsigned_count"}),
        ("success_plan", {"live_count", "planned_in_time_count", "planned_in_time_pct"}),
        ("promise", {"promised_count", "mapped_count", "unmapped_count", "mapped_pct"}),
    ],
)
def test_one_missing_input_leaves_all_other_numbers_as_they_are(months, missing, unknown):
    without = [one for one in READ if one["feed_id"] != missing] + [
        one for one in NEVER_READ if one["feed_id"] == missing
    ]
    whole, found = months()[JUNE, "mixed"], months(feed=without)[JUNE, "mixed"]
    assert {name for name in found if found[name] is None} == unknown
    assert {name: found[name] for name in found if name not in unknown} == {
        name: value for name, value in whole.items() if name not in unknown
    }
