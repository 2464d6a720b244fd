from datetime import timedelta

import pytest

from tasks.metrics.checklist_deal import CHECKLIST_DEAL
from tests.metrics.delivery_rows import CLOSED, STARTED, item, project
from tests.metrics.handoff_rows import FX, NEVER_READ, READ, TODAY, deal
from tests.metrics.steps import computed

DAY = timedelta(days=1)
SALES, SUCCESS = "sales_to_implementation", "implementation_to_success"


@pytest.fixture
def checklists(rows, collected):
    """The rows of the one deal by handoff point."""

    def measure(*items, start=STARTED, closed=CLOSED, feed=READ):
        core = rows(
            opportunity=[deal()],
            project=[project(start_date=start, closed_date=closed)],
            checklist_item=list(items),
            feed=feed,
            fx_rate=FX,
        )
        found = collected(computed(core, CHECKLIST_DEAL, TODAY)["checklist_deal"])
        assert len(found) == 2
        return {row["handoff_point"]: row for row in found}

    return measure


# Every required item signed by the day the first project started.
@pytest.mark.parametrize(
    ("items", "start", "state"),
    [
        ([item()], STARTED, "signed"),
        ([item(), item("2", signed_date=STARTED - DAY)], STARTED, "signed"),
        ([item(), item("2", signed_date=STARTED + DAY)], STARTED, "late"),
        ([item(), item("2", signed_date=None)], STARTED, "advanced_unsigned"),
        ([item(), item("2", signed_date=TODAY + DAY)], STARTED, "advanced_unsigned"),
        ([item(), item("2", signed_date=None, is_required=False)], STARTED, "signed"),
        ([item(is_required=False)], STARTED, "advanced_unsigned"),
        ([item(handoff_point=SUCCESS)], STARTED, "advanced_unsigned"),
        ([], STARTED, "advanced_unsigned"),
        ([], TODAY + DAY, "none"),
        ([item(signed_date=None)], TODAY + DAY, "open"),
        ([item()], TODAY + DAY, "signed"),
        ([item(deal="another")], STARTED, "advanced_unsigned"),
    ],
)
def test_what_sales_signed_before_the_project_started(checklists, items, start, state):
    found = checklists(*items, start=start)[SALES]
    assert (found["state"], found["is_signed"]) == (state, state == "signed")
    assert found["is_advanced_unsigned"] is (state == "advanced_unsigned")


def test_the_items_are_counted(checklists):
    items = [item(), item("2", signed_date=STARTED + DAY), item("3", signed_date=None), item("4", is_required=False)]
    found = checklists(*items)[SALES]
    assert [found[name] for name in ("required_count", "signed_count", "signed_in_time_count")] == [3, 2, 1]


@pytest.mark.parametrize(
    ("signed", "closed", "state"),
    [
        (CLOSED, CLOSED, "signed"),
        (CLOSED + DAY, CLOSED, "late"),
        (None, CLOSED, "advanced_unsigned"),
        (None, None, "open"),
        (CLOSED, None, "signed"),
    ],
)
def test_what_implementation_signed_before_the_delivery_closed(checklists, signed, closed, state):
    found = checklists(item(handoff_point=SUCCESS, signed_date=signed), closed=closed)[SUCCESS]
    assert (found["state"], found["advanced_date"]) == (state, closed)


def test_what_was_never_read_is_unknown_and_named(checklists):
    for found in checklists(feed=NEVER_READ).values():
        assert (found["state"], found["missing_input"]) == ("unknown", "checklist_item")
        assert (found["required_count"], found["is_advanced_unsigned"]) == (None, None)
