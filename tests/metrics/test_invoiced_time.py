"""What of an entry was invoiced, and what is missing from the invoice."""

from datetime import date

import pytest

from tests.metrics.leakage_book import FX, HOUR, entry, line, project, step

DAY, AS_OF = date(2026, 1, 15), date(2026, 2, 28)


@pytest.fixture
def billed(rows, collected):
    """entry -> (hours billed, their value, the charge), in whole units"""

    def run(entries, lines, fx=FX):
        projects = [project(), project("fee", "fixed_fee")]
        frames = rows(time_entry=entries, project=projects, invoice_line=lines, fx_rate=fx)
        found = collected(step(frames, "time_invoiced", AS_OF))
        return {
            row["entry_id"]: (row["billed_seconds"] / HOUR, row["billed_worth"] / 100, row["billed_minor"] / 100)
            for row in found
        }

    return run


def test_posted_lines_bill_net_of_credits(billed):
    names = (
        "full",
        "part",
        "short",
        "more",
        "draft",
        "cancelled",
        "later",
        "credited",
        "hours back",
        "money back",
        "no hours",
        "no charge",
        "other line",
    )
    found = billed(
        [entry(name, DAY, 6) for name in names],
        [
            line("1", "full", 6, 600),
            line("2", "part", 2, 200),
            line("3", "short", 6, 450),
            line("4", "more", 6, 700),
            line("5", "draft", 6, 600, status="draft"),
            line("6", "cancelled", 6, 600, status="cancelled"),
            line("7", "later", 6, 600, posted_date=date(2026, 3, 1)),
            line("8", "credited", 6, 600),
            line("9", "credited", -6, -600),
            line("10", "hours back", 6, 600),
            line("11", "hours back", -2, -200),
            line("12", "money back", 6, 600),
            line("13", "money back", None, -150),
            line("14", "no hours", None, 500),
            line("15", "no charge", 6, 0),
            line("16", "other line", 6, 600, line_type="other"),
        ],
    )
    assert found == {
        "full": (6, 600, 600),
        "part": (2, 200, 200),
        "short": (6, 600, 450),
        "more": (6, 600, 600),
        "draft": (0, 0, 0),
        "cancelled": (0, 0, 0),
        "later": (0, 0, 0),
        "credited": (0, 0, 0),
        "hours back": (4, 400, 400),
        "money back": (6, 600, 450),
        "no hours": (6, 600, 500),
        "no charge": (6, 600, 0),
        "other line": (0, 0, 0),
    }


def test_on_a_fixed_fee_a_line_without_an_amount_does_not_bill(billed):
    found = billed(
        [entry("free", DAY, 6, project_id="fee"), entry("priced", DAY, 6, project_id="fee")],
        [line("1", "free", 6, 0), line("2", "priced", 6, 600), line("3", "priced", 6, 0)],
    )
    assert found == {"free": (0, 0, 0), "priced": (6, 600, 600)}


def test_time_that_is_not_approved_is_never_billed(billed):
    found = billed([entry("e", DAY, 6, approval="submitted")], [line("1", "e", 6, 600)])
    assert found == {"e": (0, 0, 0)}


def test_a_charge_in_another_currency_is_compared_at_the_tables(billed):
    """Posted in January, when a euro is worth 1.11 dollars: 400 euros are 444 dollars of the 600."""
    lines = [line("1", "e", 6, 400, currency="EUR"), line("2", "no table", 6, 1, currency="GBP")]
    found = billed([entry("e", DAY, 6), entry("no table", DAY, 6)], lines)
    assert found == {"e": (6, 600, 444), "no table": (6, 600, 600)}
