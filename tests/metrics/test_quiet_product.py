from datetime import date, timedelta

import pytest

from tasks.metrics.quiet_product import QUIET_PRODUCT
from tests.metrics.live_rows import TODAY, company, feed, line, milestone, others, use
from tests.metrics.steps import computed


@pytest.fixture
def products(rows, collected):
    """The account's rows by product."""

    def measure(**given):
        core = rows(**company(**given))
        return {row["product"]: row for row in collected(computed(core, QUIET_PRODUCT, TODAY)["quiet_product"])}

    return measure


def test_a_product_nobody_uses_is_an_orphan_beside_one_that_is_used(products):
    found = products(subscription=[line(), line("Sensor")], usage_day=[use(2), others()])
    assert {name: (row["quiet_days"], row["is_orphan"]) for name, row in found.items()} == {
        "Suite": (2, False),
        "Sensor": (51, True),  # since go-live on 4 May
    }


def test_a_product_bought_after_go_live_counts_from_its_first_day(products):
    bought = TODAY - timedelta(days=29)
    found = products(subscription=[line(start_date=bought)], usage_day=[others()])["Suite"]
    assert (found["bought_date"], found["quiet_days"], found["state"]) == (bought, 29, "active")


def test_a_renewal_does_not_start_the_clock_again(products):
    first = {"term_end_date": date(2026, 6, 2), "end_date": date(2026, 6, 2)}
    renewed = line(subscription_id="s2", start_date=date(2026, 6, 2), predecessor_id="s Suite")
    found = products(subscription=[line(**first), renewed], usage_day=[others()])["Suite"]
    assert (found["bought_date"], found["quiet_days"]) == (date(2026, 3, 2), 51)


def test_a_product_no_longer_paid_for_has_no_row(products):
    over = line("Sensor", end_date=date(2026, 6, 1), cancel_notice_date=date(2026, 5, 1))
    assert set(products(subscription=[line(), over], usage_day=[others()])) == {"Suite"}


def test_a_line_without_a_product_is_told_apart_by_an_empty_name(products):
    assert set(products(subscription=[line(product=None)], usage_day=[use(3, product=None), others()])) == {""}


def test_a_customer_that_is_not_live_has_no_row(products):
    assert products(task=[milestone(actual_finish_date=None)], usage_day=[others()]) == {}


def test_without_usage_nothing_is_known(products):
    found = products(feed=feed(usage_day=False))["Suite"]
    assert (found["state"], found["is_orphan"], found["quiet_days"], found["missing_input"]) == (
        "unknown", None, None, "usage_day"
    )  # fmt: skip
