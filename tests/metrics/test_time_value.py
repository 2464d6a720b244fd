"""Which entries count, and at which rate."""

from datetime import date

import pytest

from tests.metrics.leakage_book import FX, entry, project, rate, step

DAY, AS_OF = date(2026, 1, 15), date(2026, 1, 31)
RATES = [
    rate("standard", 100),
    rate("standard-new", 110, date(2026, 1, 15)),
    rate("standard-later", 999, date(2026, 1, 16)),
    rate("developer", 120, role_id="dev"),
    rate("contract", 130, project_id="deal"),
    rate("contract-developer", 140, project_id="deal", role_id="dev"),
]


@pytest.fixture
def values(rows, collected):
    def run(entries, projects, rates=(), fx=FX):
        frames = rows(time_entry=entries, project=projects, rate=list(rates), fx_rate=fx)
        return {row["entry_id"]: row for row in collected(step(frames, "time_scope", AS_OF))}

    return run


def bare(entry_id, **more):
    return {**entry(entry_id, DAY, 1, bill_rate_minor=None), **more}


def test_the_rate_of_the_day_by_precedence(values):
    found = values(
        [
            bare("standard"),
            bare("before", work_date=date(2026, 1, 14)),
            bare("role", role_id="dev"),
            bare("unknown role", role_id="other"),
            bare("contract", project_id="deal"),
            bare("contract role", project_id="deal", role_id="dev"),
            bare("stamped", project_id="deal", role_id="dev", bill_rate_minor=77_00),
            bare("stamped zero, billable", bill_rate_minor=0),
            bare("stamped zero, not billable", bill_rate_minor=0, is_billable=False),
        ],
        [project(), project("deal")],
        RATES,
    )
    assert {key: row["rate_minor"] / 100 for key, row in found.items()} == {
        "standard": 110,
        "before": 100,
        "role": 120,
        "unknown role": 110,
        "contract": 130,
        "contract role": 140,
        "stamped": 77,
        "stamped zero, billable": 0,
        "stamped zero, not billable": 110,
    }
    lists = {key: row["list_rate_minor"] / 100 for key, row in found.items()}
    assert (lists["contract"], lists["contract role"], lists["stamped"]) == (110, 120, 120)


def test_what_does_not_count(values):
    found = values(
        [
            bare("rejected", approval="rejected"),
            bare("future", work_date=date(2026, 2, 1)),
            bare("inside", project_id="own"),
            bare("counts", work_date=AS_OF),
        ],
        [project(), project("own", "internal")],
    )
    assert set(found) == {"counts"}


def test_a_rate_or_an_exchange_rate_is_missing(values):
    found = values(
        [
            bare("no rate"),
            bare("no fx", bill_rate_minor=1, currency="GBP"),
            bare("euro", bill_rate_minor=1, currency="EUR"),
        ],
        [project()],
    )
    assert {key: row["is_rate_missing"] for key, row in found.items()} == {
        "no rate": True,
        "no fx": True,
        "euro": False,
    }
    assert found["no rate"]["rate_minor"] is None
    assert found["euro"]["rate_fx"] == 111_000_000


def test_the_rate_has_its_own_currency(values):
    found = values([bare("e")], [project()], [rate("euro", 90, currency="EUR")])
    assert (found["e"]["rate_currency"], found["e"]["rate_fx"]) == ("EUR", 111_000_000)
