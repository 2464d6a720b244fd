"""What leaks on each project: sums, capture rate, realization."""

from datetime import date

import pytest

from tests.metrics.leakage_book import FX, HOUR, change, entry, line, plan_task, project, rate, step

DAY, AS_OF = date(2026, 3, 1), date(2026, 3, 20)


@pytest.fixture
def projects(rows, collected):
    def run(**core):
        frames = rows(fx_rate=FX, **core)
        return {row["project_id"]: row for row in collected(step(frames, "scope_creep_project", AS_OF))}

    return run


def amounts(row):
    """Every amount of a row that is not zero, in whole units."""
    return {
        name.removesuffix("_minor"): value / 100 for name, value in row.items() if name.endswith("_minor") and value
    }


def test_sums_and_rates(projects):
    found = projects(
        project=[project(), project("fee", "fixed_fee", budget_seconds=HOUR), project("idle")],
        plan_task=[plan_task(), plan_task(project_id="fee")],
        change_order=[
            change("asked", "submitted"),
            change("tm"),
            change("fixed", pricing="fixed", amount_minor=900_00, accepted_date=date(2026, 1, 1)),
        ],
        billing_milestone=[
            {
                "milestone_id": "m",
                "project_id": "fee",
                "amount_minor": 700_00,
                "currency": "USD",
                "accepted_date": date(2026, 1, 1),
            }
        ],
        time_entry=[
            entry("1", DAY, 1, change_order_id="asked"),
            entry("2", DAY, 2, task_id="extra"),
            entry("3", DAY, 3, is_billable=False),
            entry("4", DAY, 4, change_order_id="tm"),
            entry("5", DAY, 5, change_order_id="fixed"),
            entry("6", DAY, 6),
            entry("7", date(2026, 1, 1), 7),
            entry("8", DAY, 8, approval="submitted", task_id="extra"),
            entry("9", DAY, 9, bill_rate_minor=None, task_id="extra"),
            entry("f", DAY, 3, project_id="fee"),
        ],
        invoice_line=[line("l", "4", 4, 300)],
    )
    assert set(found) == {"p", "fee"}
    assert amounts(found["p"]) == {
        "gross": 100 + 200 + 300 + 400 + 500 + 600 + 700 + 800,
        "l1": 100,
        "l2": 200,
        "l4": 300,
        "l5": 700,
        "l6": 900,
        "l7": 100,
        "billed": 300,
        "wip": 600,
        "at_risk": 800,
        "covered": 500,
        "unbilled_scope_creep": 600,
        "billing_latency": 1600,
        "write_down": 100,
        "leakage": 2300,
        "captured": 300 + 500,
        "out_of_scope": 100 + 200 + 400 + 500,
        "invoiced": 300,
    }
    assert amounts(found["fee"]) == {
        "gross": 300,
        "l3": 200,
        "l8": 700,
        "covered": 100,
        "unbilled_scope_creep": 200,
        "billing_latency": 700,
        "leakage": 900,
    }
    row = found["p"]
    assert (row["valued_seconds"], row["missing_rate_seconds"]) == (36 * HOUR, 9 * HOUR)
    assert row["creep_pct"] == pytest.approx(100 * 600 / 3600)
    assert row["capture_pct"] == pytest.approx(100 * 800 / 1200)
    assert (row["account_id"], row["contract_type"]) == ("acme", "time_and_materials")
    assert found["fee"]["capture_pct"] is None


def test_published_realization_cases(projects):
    """Billing realization. Sources: eaglerockcfo 92 %, bidsharp 75 % and (fixed price) 66.67 %, fishbowl 91 %."""
    cases = {  # hours, list rate, agreed rate, invoiced
        "eaglerockcfo": (500, 200, 200, 92_000),
        "bidsharp": (10, 200, 150, 1500),
        "fishbowl": (10, 220, 200, 2000),
        "bidsharp fixed price": (15, 200, 200, 2000),
    }
    found = projects(
        project=[project(name, "fixed_fee" if "fixed" in name else "time_and_materials") for name in cases],
        rate=[rate(str(listed), listed, role_id=str(listed)) for listed in (200, 220)],
        time_entry=[
            entry(name, DAY, hours, project_id=name, role_id=str(listed), bill_rate_minor=agreed * 100)
            for name, (hours, listed, agreed, _) in cases.items()
        ],
        invoice_line=[
            line(
                name,
                None if "fixed" in name else name,
                hours,
                amount,
                project_id=name,
                line_type="milestone" if "fixed" in name else "time",
            )
            for name, (hours, _, _, amount) in cases.items()
        ],
    )
    published = {"eaglerockcfo": 92, "bidsharp": 75, "fishbowl": 91, "bidsharp fixed price": 66.67}
    for name, value in published.items():
        assert found[name]["realization_pct"] == pytest.approx(value, abs=0.1)
    assert found["eaglerockcfo"]["invoiced_minor"] == 92_000_00
    assert found["eaglerockcfo"]["standard_minor"] == 100_000_00


def test_realization_waits_for_list_rates_and_for_what_can_be_invoiced(projects):
    found = projects(
        project=[project("open"), project("unlisted")],
        rate=[rate("r", 200, role_id="dev")],
        time_entry=[
            entry("billed", DAY, 1, project_id="open", role_id="dev"),
            entry("wip", DAY, 9, project_id="open", role_id="dev"),
            entry("listed", DAY, 1, project_id="unlisted", role_id="dev"),
            entry("not", DAY, 1, project_id="unlisted"),
        ],
        invoice_line=[
            line("1", "billed", 1, 100, project_id="open"),
            line("2", "listed", 1, 100, project_id="unlisted"),
            line("3", "not", 1, 100, project_id="unlisted"),
        ],
    )
    assert found["open"]["realization_pct"] == 50.0
    assert found["unlisted"]["realization_pct"] is None


def test_no_rows(projects):
    assert projects(project=[project()]) == {}
