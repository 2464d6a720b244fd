"""Negative entries follow the entry they reverse."""

from datetime import date

import pytest

from tests.metrics.leakage_book import FX, HOUR, classes, entry, line, parts, plan_task, project

DAY, LATER, AS_OF = date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 20)


@pytest.fixture
def found(rows, collected):
    fee = project("fee", "fixed_fee", budget_seconds=10 * HOUR)
    frames = rows(
        fx_rate=FX,
        project=[project(), fee, project("tm")],
        plan_task=[plan_task()],
        time_entry=[
            entry("out", DAY, 4, task_id="extra"),
            entry("out back", LATER, -4, reverses_id="out"),
            entry("fee", DAY, 16, project_id="fee"),
            entry("fee back 1", LATER, -4, project_id="fee", reverses_id="fee"),
            entry("fee back 2", LATER, -1, project_id="fee", reverses_id="fee"),
            entry("short", DAY, 6, project_id="tm"),
            entry("short back", LATER, -6, project_id="tm", reverses_id="short"),
            entry("part", DAY, 6, project_id="tm"),
            entry("part back", LATER, -3, project_id="tm", reverses_id="part"),
            entry("waiting", DAY, 6, approval="draft"),
            entry("waiting back", LATER, -6, reverses_id="waiting"),
            entry("own draft", DAY, -6, approval="draft", reverses_id="out"),
            entry("alone", DAY, -2, project_id="tm"),
            entry("too much", DAY, 1, project_id="tm"),
            entry("too much back", LATER, -3, project_id="tm", reverses_id="too much"),
        ],
        invoice_line=[line("1", "short", 6, 450), line("2", "part", 2, 200)],
    )
    return classes(collected(parts(frames, AS_OF)))


def of(found, name):
    return {kind: row for (key, kind), row in found.items() if key == name}


def test_a_reversal_follows_its_original(found):
    # A whole one takes every class back.
    assert of(found, "out back") == {"L2": (-4, -400, -400)}
    assert of(found, "short") == {"BILLED": (6, 450, 0), "L7": (0, 150, 150)}
    assert of(found, "short back") == {"BILLED": (-6, -450, 0), "L7": (0, -150, -150)}
    # A part takes the end: of 16 hours 10 are within the fee, the 4 and the 1 that come back are beyond it.
    assert of(found, "fee") == {"COVERED_BY_FEE": (10, 1000, 0), "L3": (6, 600, 600)}
    assert of(found, "fee back 1") == {"L3": (-4, -400, -400)}
    assert of(found, "fee back 2") == {"L3": (-1, -100, -100)}
    # Billed time is the start: what comes back had not been billed.
    assert of(found, "part") == {"BILLED": (2, 200, 0), "WIP": (4, 400, 0)}
    assert of(found, "part back") == {"WIP": (-3, -300, 0)}
    # What is not approved, on either side, is at risk.
    assert of(found, "waiting back") == {"AT_RISK_UNAPPROVED": (-6, -600, 0)}
    assert of(found, "own draft") == {"AT_RISK_UNAPPROVED": (-6, -600, 0)}
    # Without an original it stands for itself; what exceeds the original stays in its class.
    assert of(found, "alone") == {"WIP": (-2, -200, 0)}
    assert of(found, "too much back") == {"WIP": (-3, -300, 0)}
