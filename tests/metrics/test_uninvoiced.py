"""Accepted and not invoiced: fixed changes (L6) and milestones (L8)."""

from datetime import date, timedelta

import pytest

from tests.metrics.leakage_book import FX, change, line, project, step

AS_OF = date(2026, 3, 31)  # policy: billing_days 30
LATE, NOT_LATE = AS_OF - timedelta(days=31), AS_OF - timedelta(days=30)


@pytest.fixture
def owed(rows, collected):
    """what is owed -> (class, leakage in whole units)"""

    def run(changes=(), milestones=(), lines=()):
        frames = rows(
            fx_rate=FX,
            project=[project(), project("own", "internal")],
            change_order=list(changes),
            billing_milestone=list(milestones),
            invoice_line=list(lines),
        )
        return {
            row["part_id"]: (row["leakage_class"], None if row["leakage_minor"] is None else row["leakage_minor"] / 100)
            for row in collected(step(frames, "uninvoiced", AS_OF))
        }

    return run


def fixed(key, accepted=LATE, amount=50_000, **more):
    return change(key, pricing="fixed", accepted_date=accepted, amount_minor=amount, **more)


def milestone(key, accepted=LATE, **more):
    return {
        "milestone_id": key,
        "project_id": "p",
        "amount_minor": 200_000,
        "currency": "USD",
        "accepted_date": accepted,
        **more,
    }


def test_changes(owed):
    found = owed(
        [
            fixed("late"),
            fixed("not late", NOT_LATE),
            fixed("part"),
            fixed("paid"),
            fixed("credited"),
            fixed("not accepted", None),
            fixed("tomorrow", AS_OF + timedelta(days=1)),
            fixed("asked", status="submitted"),
            fixed("no amount", amount=None),
            change("by the hour", accepted_date=LATE),
            fixed("draft"),
            fixed("inside", project_id="own"),
        ],
        lines=[
            line(str(n), None, None, amount, line_type="change_order", change_order_id=key, status=status)
            for n, (key, amount, status) in enumerate(
                [
                    ("part", 200, "posted"),
                    ("paid", 500, "posted"),
                    ("credited", 500, "posted"),
                    ("credited", -500, "posted"),
                    ("draft", 500, "draft"),
                ]
            )
        ],
    )
    assert found == {
        "late/change_order": ("L6", 500),
        "not late/change_order": ("NOT_YET_DUE", 0),
        "part/change_order": ("L6", 300),
        "credited/change_order": ("L6", 500),
        "no amount/change_order": ("L6", None),
        "draft/change_order": ("L6", 500),
    }


def test_milestones(owed):
    """February's table, the month of acceptance: a euro is worth 1.12 dollars."""
    found = owed(
        milestones=[
            milestone("late"),
            milestone("not late", NOT_LATE),
            milestone("euro", currency="EUR"),
            milestone("paid"),
        ],
        lines=[line("1", None, None, 2000, line_type="milestone", milestone_id="paid")],
    )
    assert found == {
        "late/milestone": ("L8", 2000),
        "not late/milestone": ("NOT_YET_DUE", 0),
        "euro/milestone": ("L8", 2240),
    }


def test_an_invoice_in_another_currency_is_converted_at_its_month(owed):
    """Posted in January at 1.11: 1,000 euros are 1,110 of the 2,000 dollars."""
    found = owed(
        milestones=[milestone("m")],
        lines=[line("1", None, None, 1000, currency="EUR", line_type="milestone", milestone_id="m")],
    )
    assert found == {"m/milestone": ("L8", 890)}
