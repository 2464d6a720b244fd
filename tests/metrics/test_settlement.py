"""The class of each part: scope × billing × contract × age."""

from datetime import date, timedelta

import pytest

from tasks.metrics.settlement import CLASSES, SETTLEMENTS
from tests.metrics.leakage_book import FX, change, classes, entry, line, parts, plan_task, project

AS_OF = date(2026, 3, 31)
FRESH, AGED = AS_OF - timedelta(days=30), AS_OF - timedelta(days=31)  # policy: wip_days 30


@pytest.fixture
def waterfall(rows, collected):
    def run(**core):
        return collected(parts(rows(fx_rate=FX, **core), AS_OF))

    return run


def test_every_class_has_one_settlement():
    assert len(set(CLASSES)) == len(CLASSES) == 16
    assert [name for name, _ in SETTLEMENTS] == ["billed", "covered", "not_due", "unbilled"]


def test_the_class_follows_scope_contract_and_age(waterfall):
    contracts = ("time_and_materials", "capped", "fixed_fee", "retainer")
    work = {
        "in": {},
        "extra": {"task_id": "extra"},
        "free": {"is_billable": False},
        "contractual": {"is_billable": False, "non_billable_reason": "contractual"},
        "draft": {"approval": "draft"},
        "asked": {"change": "asked"},
        "tm": {"change": "tm"},
        "fixed": {"change": "fixed"},
    }
    entries = []
    for contract in contracts:
        for name, more in work.items():
            for age, day in (("fresh", FRESH), ("aged", AGED)):
                own = {key: value for key, value in more.items() if key != "change"}
                order = f"{contract}/{more['change']}" if "change" in more else None
                entries.append(
                    entry(f"{contract} {name} {age}", day, 1, project_id=contract, change_order_id=order, **own)
                )
    found = waterfall(
        project=[
            project(name, name, cap_minor=10**9, budget_seconds=10**6, retainer_seconds=10**6) for name in contracts
        ],
        plan_task=[plan_task(project_id=name) for name in contracts],
        change_order=[
            change(f"{contract}/{name}", status, pricing, project_id=contract)
            for contract in contracts
            for name, status, pricing in (
                ("asked", "submitted", None),
                ("tm", "approved", "time_and_materials"),
                ("fixed", "approved", "fixed"),
            )
        ],
        time_entry=entries,
    )
    by_hour = {"fresh": "WIP", "aged": "L5"}
    in_scope = {
        "time_and_materials": by_hour,
        "capped": by_hour,
        "fixed_fee": dict.fromkeys(by_hour, "COVERED_BY_FEE"),
        "retainer": dict.fromkeys(by_hour, "COVERED_BY_RETAINER"),
    }
    elsewhere = {
        "extra": "L2",
        "free": "L4",
        "contractual": "CONTRACTUAL_NON_BILLABLE",
        "draft": "AT_RISK_UNAPPROVED",
        "asked": "L1",
        "fixed": "COVERED_BY_CO",
    }
    expected = {}
    for contract in contracts:
        for age in by_hour:
            expected |= {f"{contract} {name} {age}": kind for name, kind in elsewhere.items()}
            expected |= {f"{contract} in {age}": in_scope[contract][age], f"{contract} tm {age}": by_hour[age]}
    assert {row["entry_id"]: row["leakage_class"] for row in found} == expected
    unbilled = {"WIP", "L1", "L2", "L4", "L5"}
    for row in found:
        kind = row["leakage_class"]
        assert row["leakage_minor"] == (100_00 if kind[0] == "L" else 0)
        assert row["settlement"] == (
            "unbilled" if kind in unbilled else "not_due" if kind == "AT_RISK_UNAPPROVED" else "covered"
        )


def test_billing_never_erases_scope_and_the_rest_goes_on(waterfall):
    """Half of each is invoiced at a tenth less; what is left is classed as if it were alone."""
    found = waterfall(
        project=[project("p"), project("cap", "capped", cap_minor=500_00)],
        plan_task=[plan_task(), plan_task(project_id="cap")],
        time_entry=[
            entry("out", FRESH, 10, task_id="extra"),
            entry("in", FRESH, 10),
            entry("capped", FRESH, 10, project_id="cap"),
            entry("free", FRESH, 10, is_billable=False),
        ],
        invoice_line=[
            line("1", "out", 5, 450),
            line("2", "in", 5, 450),
            line("3", "capped", 3, 300),
            line("4", "free", 5, 450),
        ],
    )
    assert classes(found) == {
        ("out", "BILLED"): (5, 450, 0),
        ("out", "L7"): (0, 50, 50),
        ("out", "L2"): (5, 500, 500),
        ("in", "BILLED"): (5, 450, 0),
        ("in", "L7"): (0, 50, 50),
        ("in", "WIP"): (5, 500, 0),
        ("capped", "BILLED"): (3, 300, 0),
        ("capped", "WIP"): (2, 200, 0),
        ("capped", "L3"): (5, 500, 500),
        ("free", "BILLED"): (5, 450, 0),
        ("free", "L7"): (0, 50, 50),
        ("free", "L4"): (5, 500, 500),
    }
    assert {row["scope"] for row in found if row["entry_id"] == "out"} == {"out_of_scope"}


def test_time_billed_beyond_the_cap_is_billed(waterfall):
    found = waterfall(
        project=[project("p", "capped", cap_minor=500_00)],
        time_entry=[entry("e", FRESH, 10)],
        invoice_line=[line("1", "e", 8, 800)],
    )
    assert classes(found) == {("e", "BILLED"): (8, 800, 0), ("e", "L3"): (2, 200, 200)}


def test_parts_are_converted_so_that_they_sum_to_the_entry(waterfall):
    """3 seconds at 12.00 an hour are one cent, a second of it 0.33: 0; at 1.13 dollars the cent is still one."""
    found = waterfall(
        project=[project("p", "fixed_fee", budget_seconds=1)],
        time_entry=[
            entry("small", date(2026, 3, 1), 0, seconds=3, bill_rate_minor=12_00, currency="EUR"),
            entry("more", date(2026, 3, 2), 1.5, bill_rate_minor=33_33, currency="EUR"),
        ],
    )
    gross = {(row["entry_id"], row["leakage_class"]): (row["seconds"], row["gross_minor"]) for row in found}
    # 1.5 hours at 33.33 are 49.995 euros, half-even 50.00; at 1.13 dollars 56.50.
    assert gross == {("small", "COVERED_BY_FEE"): (1, 0), ("small", "L3"): (2, 1), ("more", "L3"): (5400, 56_50)}


def test_the_list_value_stands_beside(waterfall):
    found = waterfall(
        project=[project()],
        time_entry=[entry("e", FRESH, 10, role_id="dev", bill_rate_minor=150_00)],
        rate=[
            {"rate_id": "1", "role_id": "dev", "effective_date": FRESH, "bill_rate_minor": 200_00, "currency": "EUR"}
        ],
        invoice_line=[line("1", "e", 4, 500)],
    )
    lists = {row["leakage_class"]: (row["gross_minor"] / 100, row["standard_minor"] / 100) for row in found}
    # FRESH is the first of March: 1.13 dollars a euro.
    assert lists == {"BILLED": (500, 4 * 226), "L7": (100, 0), "WIP": (900, 6 * 226)}


def test_an_entry_of_no_time_keeps_its_row(waterfall):
    found = waterfall(project=[project()], time_entry=[entry("e", FRESH, 0)])
    assert classes(found) == {("e", "WIP"): (0, 0, 0)}
